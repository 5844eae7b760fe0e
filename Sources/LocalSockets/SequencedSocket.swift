import CLinux
import Glibc
public import SystemPackage

/// One end of a connected `AF_UNIX` sequenced-packet socket: the kernel keeps message borders, and descriptors can
/// travel with a message (unix(7), `SOCK_SEQPACKET` and `SCM_RIGHTS`). Owns its descriptor.
public final class SequencedSocket: Sendable {
    public let descriptor: FileDescriptor

    /// Takes ownership of an open socket descriptor.
    public init(owning descriptor: FileDescriptor) { self.descriptor = descriptor }

    deinit { try? descriptor.close() }  // Nothing can be done about a failed close of a socket.

    /// Two connected ends, both close-on-exec: one for this process, and the bare descriptor of the other, which the
    /// caller hands to a child and closes (or gives an owner).
    public static func pair() throws(SocketError) -> (ours: SequencedSocket, theirs: FileDescriptor) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw SocketError.last("socketpair") }
        return (SequencedSocket(owning: FileDescriptor(rawValue: ends[0])), FileDescriptor(rawValue: ends[1]))
    }

    /// Sends one message, waiting while the peer's buffer is full. The descriptors stay ours; the peer gets duplicates.
    public func send(_ message: [UInt8], with descriptors: [FileDescriptor] = []) throws(SocketError) {
        let numbers = descriptors.map(\.rawValue)
        while true {
            let sent = unsafe message.withUnsafeBytes { bytes in
                unsafe numbers.withUnsafeBufferPointer { numbers in
                    unsafe clinux_send(
                        descriptor.rawValue, bytes.baseAddress, bytes.count, numbers.baseAddress, Int32(numbers.count))
                }
            }
            if sent >= 0 { return }
            guard errno == EINTR else { throw SocketError.last("sendmsg") }
        }
    }

    /// Waits for one message of at most `maximumBytes`.
    /// - Returns: `nil` when the peer has closed its end. The received descriptors belong to the caller.
    public func receive(maximumBytes: Int) throws(SocketError) -> (message: [UInt8], descriptors: [FileDescriptor])? {
        var buffer = [UInt8](repeating: 0, count: maximumBytes)
        var numbers = [Int32](repeating: -1, count: Int(CLINUX_MAX_DESCRIPTORS))
        var count: Int32 = 0
        while true {
            let received = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe clinux_receive(descriptor.rawValue, bytes.baseAddress, bytes.count, &numbers, &count)
            }
            if received > 0 {
                return (Array(buffer[..<received]), numbers[..<Int(count)].map { FileDescriptor(rawValue: $0) })
            }
            if received == 0 { return nil }
            if errno == ECONNRESET { return nil }
            guard errno == EINTR else { throw SocketError.last("recvmsg") }
        }
    }

    /// Ends both directions: a receive that waits on either end returns.
    public func shutDown() { _ = shutdown(descriptor.rawValue, Int32(SHUT_RDWR)) }
}

extension SocketError {
    /// The error of the call that just failed.
    public static func last(_ operation: String) -> SocketError {
        SocketError(operation: operation, errno: Errno(rawValue: Glibc.errno))
    }
}
