import Domain
import Glibc
import SystemPackage

/// The one place where errno is read.
enum SystemCall {
    /// Makes a call that returns -1 for an error, again where a signal interrupted it.
    static func retrying(_ call: () -> Int32) throws(Errno) -> Int32 {
        while true {
            let result = call()
            if result >= 0 { return result }
            let code = Errno(rawValue: Glibc.errno)
            guard code == .interrupted else { throw code }
        }
    }

    /// Makes a call once: for `fsync` and `close`, which must not be made again after any error. After a failed sync
    /// the kernel may have marked the lost pages clean, so that a second one would report success (fsync(2), "ERRORS";
    /// Rebello et al., "Can Applications Recover from fsync Failures?", 2020).
    static func once(_ call: () -> Int32) throws(Errno) {
        guard call() >= 0 else { throw Errno(rawValue: Glibc.errno) }
    }
}

extension FileName {
    /// The name as the kernel takes it: its bytes and a terminating zero.
    func withCName<Value>(_ body: (UnsafePointer<CChar>) -> Value) -> Value {
        let terminated = bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) } + [0]
        return unsafe terminated.withUnsafeBufferPointer { unsafe body($0.baseAddress.unsafelyUnwrapped) }
    }
}

/// Directories on the way to a file.
enum DirectoryOpening {
    /// Opens a directory by its path, as the configuration names it: links are followed.
    static func open(_ path: FilePath) throws(Errno) -> Int32 {
        try readableOrPlaceholder { flags in unsafe path.withPlatformString { unsafe Glibc.open($0, flags) } }
    }

    /// Whether a directory is at a path now.
    static func exists(_ path: FilePath) -> Bool {
        guard let descriptor = try? open(path) else { return false }  // Whatever is wrong with it: it cannot be used.
        _ = Glibc.close(descriptor)
        return true
    }

    /// Opens a directory in a directory, following no link.
    static func open(_ name: FileName, in parent: Int32) throws(Errno) -> Int32 {
        try readableOrPlaceholder { flags in
            unsafe name.withCName { unsafe openat(parent, $0, flags | O_NOFOLLOW) }
        }
    }

    /// For reading, because a placeholder does not make an automount happen (open(2), `O_PATH`); as a placeholder where
    /// we may search the directory but not list it.
    private static func readableOrPlaceholder(_ open: (Int32) -> Int32) throws(Errno) -> Int32 {
        do {
            return try SystemCall.retrying { open(O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        } catch .permissionDenied {
            return try SystemCall.retrying { open(OpenFlags.path | O_DIRECTORY | O_CLOEXEC) }
        }
    }
}

/// Flags that the Glibc module does not show (they need _GNU_SOURCE); from <asm-generic/fcntl.h>.
enum OpenFlags {
    /// A descriptor that only names a place: search permission is enough (open(2), `O_PATH`).
    static let path: Int32 = 0o10_000_000
    /// A file without a name (open(2), `O_TMPFILE`).
    static let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY
}
