import Glibc
import SystemPackage

/// A part of the seal that could not be put on.
struct SealError: Error, Sendable, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    init(_ operation: String, _ errno: Errno) { description = "\(operation): \(errno)" }

    /// Checks a call that returns a negative number and sets errno.
    @discardableResult
    static func check(_ result: Int32, _ operation: String) throws(SealError) -> Int32 {
        guard result < 0 else { return result }
        throw SealError(operation, Errno(rawValue: Glibc.errno))
    }
}
