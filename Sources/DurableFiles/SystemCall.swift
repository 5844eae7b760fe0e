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

/// Flags that the Glibc module does not show (they need _GNU_SOURCE); from <asm-generic/fcntl.h>.
enum OpenFlags {
    /// A descriptor that only names a place: search permission is enough (open(2), `O_PATH`).
    static let path: Int32 = 0o10_000_000
}
