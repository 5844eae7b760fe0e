import Foundation
public import Glibc
public import SystemPackage

/// Files with any name that Linux allows; Foundation would repair names that are not valid UTF-8 into others.
public enum ByteFile {
    public static func read(_ path: FilePath) throws -> [UInt8] {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while true {
                let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
                guard count > 0 else { return bytes }
                bytes += buffer[..<count]
            }
        }
    }

    /// Writes, and creates where it is missing. The file keeps its inode.
    public static func write(_ bytes: some Sequence<UInt8>, to path: FilePath) throws {
        try put(bytes, to: path, options: [.create, .truncate])
    }

    public static func append(_ bytes: some Sequence<UInt8>, to path: FilePath) throws {
        try put(bytes, to: path, options: [.append])
    }

    private static func put(
        _ bytes: some Sequence<UInt8>, to path: FilePath, options: FileDescriptor.OpenOptions
    ) throws {
        let file = try FileDescriptor.open(
            path, .writeOnly, options: options, permissions: [.ownerReadWrite, .groupRead, .otherRead])
        _ = try file.closeAfter { try file.writeAll(bytes) }
    }

    public static func exists(_ path: FilePath) -> Bool { (try? status(path)) != nil }  // Looking is the question.

    /// lstat(2).
    public static func status(_ path: FilePath) throws -> stat {
        var status = stat()
        guard unsafe path.withPlatformString({ unsafe lstat($0, &status) }) == 0 else { throw Errno(rawValue: errno) }
        return status
    }

    /// Sets the modification time, in seconds and nanoseconds since 1970.
    public static func setModified(_ path: FilePath, seconds: Int, nanoseconds: Int) throws {
        let times = [timespec(tv_sec: seconds, tv_nsec: nanoseconds), timespec(tv_sec: seconds, tv_nsec: nanoseconds)]
        let code = unsafe path.withPlatformString { name in
            unsafe times.withUnsafeBufferPointer { unsafe utimensat(AT_FDCWD, name, $0.baseAddress, 0) }
        }
        guard code == 0 else { throw Errno(rawValue: errno) }
    }

    public static func setMode(_ path: FilePath, _ mode: UInt32) throws {
        guard unsafe path.withPlatformString({ unsafe chmod($0, mode) }) == 0 else { throw Errno(rawValue: errno) }
    }

    public static func rename(_ old: FilePath, to new: FilePath) throws {
        let code = unsafe old.withPlatformString { old in
            unsafe new.withPlatformString { unsafe Glibc.rename(old, $0) }
        }
        guard code == 0 else { throw Errno(rawValue: errno) }
    }

    public static func remove(_ path: FilePath) throws {
        guard unsafe path.withPlatformString({ unsafe unlink($0) }) == 0 else { throw Errno(rawValue: errno) }
    }

    public static func makePipe(_ path: FilePath) throws {
        guard unsafe path.withPlatformString({ unsafe mkfifo($0, 0o644) }) == 0 else { throw Errno(rawValue: errno) }
    }

    /// All regular files below a directory, as paths relative to it, in byte order.
    public static func all(below directory: FilePath) throws -> [FilePath] {
        var found: [FilePath] = []
        guard let stream = unsafe directory.withPlatformString({ unsafe opendir($0) }) else {
            throw Errno(rawValue: errno)
        }
        defer { _ = unsafe closedir(stream) }
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe Array(bytes.prefix { $0 != 0 }).map { CInterop.PlatformChar(bitPattern: $0) }
            }
            guard let component = FilePath(platformString: name + [0]).lastComponent, component.kind == .regular
            else { continue }
            // An entry that vanished meanwhile is none.
            guard let status = try? status(directory.appending(component)) else { continue }
            if status.st_mode & S_IFMT == S_IFREG { found.append(FilePath(root: nil, [component])) }
            guard status.st_mode & S_IFMT == S_IFDIR else { continue }
            let inner = try all(below: directory.appending(component))
            found += inner.map { FilePath(root: nil, [component] + Array($0.components)) }
        }
        return found.sorted { left, right in
            unsafe left.withPlatformString { left in
                unsafe right.withPlatformString { unsafe strcmp(left, $0) < 0 }
            }
        }
    }
}
