import Domain
import Glibc
import SystemPackage

// opendir(3) and its kin work on pointers: the reason for `unsafe` in this file.

/// An open directory, read once, entry by entry. Owns the stream; the pointer never leaves this type.
@safe
struct DirectoryListing: ~Copyable {
    enum Kind {
        case regular
        case directory
        case other
        /// The file system does not say (readdir(3), DT_UNKNOWN): ask with stat.
        case unknown
    }

    private let stream: OpaquePointer
    private let descriptor: FileDescriptor

    private init(stream: OpaquePointer, descriptor: FileDescriptor) {
        unsafe self.stream = stream
        self.descriptor = descriptor
    }

    /// - Parameter followingLink: only a root may be reached by a symbolic link.
    static func open(_ path: FilePath, followingLink: Bool) throws(Errno) -> DirectoryListing {
        var options: FileDescriptor.OpenOptions = [.directory, .closeOnExec, .nonBlocking]
        if !followingLink { options.insert(.noFollow) }
        let descriptor: FileDescriptor
        do {
            descriptor = try FileDescriptor.open(path, .readOnly, options: options)
        } catch {
            throw error as? Errno ?? .ioError
        }
        guard let stream = unsafe fdopendir(descriptor.rawValue) else {
            let failure = Errno(rawValue: errno)
            try? descriptor.close()  // The failure before is the one to tell.
            throw failure
        }
        return unsafe DirectoryListing(stream: stream, descriptor: descriptor)
    }

    deinit { unsafe closedir(stream) }

    func status() throws(Errno) -> FileStatus { try FileStatus.of(descriptor) }

    /// What is at a name in this directory now.
    func status(of name: FileName) throws(Errno) -> FileStatus {
        try FileStatus.of(FilePath(bytes: name.bytes), in: descriptor)
    }

    /// The next entry but `.` and `..`; `nil` at the end.
    mutating func next() throws(Errno) -> (name: FileName, kind: Kind)? {
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                guard errno == 0 else { throw Errno(rawValue: errno) }
                return nil
            }
            let name = unsafe DirectoryListing.name(of: entry)
            guard name != FileName("."), name != FileName("..") else { continue }
            let kind: Kind =
                switch Int(unsafe entry.pointee.d_type) {
                case Int(DT_REG): .regular
                case Int(DT_DIR): .directory
                case Int(DT_UNKNOWN): .unknown
                default: .other
                }
            return (name, kind)
        }
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> FileName {
        unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            unsafe FileName(bytes: Array(bytes.prefix { $0 != 0 }))
        }
    }
}
