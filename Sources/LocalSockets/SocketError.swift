public import SystemPackage

/// A local socket could not do what was asked.
public struct SocketError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The system call that failed.
    public let operation: String
    public let errno: Errno

    public init(operation: String, errno: Errno) {
        self.operation = operation
        self.errno = errno
    }

    public var description: String { "\(operation): \(errno)" }
}
