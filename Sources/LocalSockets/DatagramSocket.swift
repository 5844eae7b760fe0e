import CLinux
import Glibc
import SystemPackage

/// An `AF_UNIX` datagram socket: each message arrives whole or not at all (unix(7)). Owns its descriptor.
public final class DatagramSocket: Sendable {
    private let descriptor: FileDescriptor

    /// How long a send waits for a peer that does not read, in seconds: whoever tells others how it does must not be
    /// held up by them.
    private static let patienceSeconds = 1

    private init(owning descriptor: FileDescriptor) { self.descriptor = descriptor }

    deinit { try? descriptor.close() }  // Nothing can be done about a failed close of a socket.

    /// A socket whose messages go to `address`.
    public static func connect(to address: LocalAddress) throws(SocketError) -> DatagramSocket {
        let socket = try make()
        try unsafe address.withPointer { (pointer, length) throws(SocketError) in
            guard unsafe Glibc.connect(socket.descriptor.rawValue, pointer, length) == 0 else {
                throw SocketError.last("connect")
            }
        }
        return socket
    }

    /// A socket that receives what is sent to `address`.
    public static func bind(to address: LocalAddress) throws(SocketError) -> DatagramSocket {
        let socket = try make()
        try unsafe address.withPointer { (pointer, length) throws(SocketError) in
            guard unsafe Glibc.bind(socket.descriptor.rawValue, pointer, length) == 0 else {
                throw SocketError.last("bind")
            }
        }
        return socket
    }

    /// Sends one message.
    public func send(_ message: [UInt8]) throws(SocketError) {
        while true {
            let sent = unsafe message.withUnsafeBytes { bytes in
                unsafe Glibc.send(descriptor.rawValue, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
            }
            if sent >= 0 { return }
            guard errno == EINTR else { throw SocketError.last("send") }
        }
    }

    /// Waits for one message, as long as a send does.
    /// - Returns: `nil` where none came.
    public func receive(maximumBytes: Int) throws(SocketError) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: maximumBytes)
        while true {
            let received = unsafe buffer.withUnsafeMutableBytes { bytes in
                unsafe recv(descriptor.rawValue, bytes.baseAddress, bytes.count, 0)
            }
            if received >= 0 { return Array(buffer[..<received]) }
            if errno == EAGAIN { return nil }
            guard errno == EINTR else { throw SocketError.last("recv") }
        }
    }

    private static func make() throws(SocketError) -> DatagramSocket {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError.last("socket") }
        let socket = DatagramSocket(owning: FileDescriptor(rawValue: descriptor))
        SocketPatience.limit(socket.descriptor, toSeconds: patienceSeconds)
        return socket
    }
}

/// How long sends and receives of a socket wait (socket(7), `SO_RCVTIMEO`).
enum SocketPatience {
    static func limit(_ descriptor: FileDescriptor, toSeconds seconds: Int) {
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        // These options cannot fail on a socket that is open; without them a peer could only delay us.
        _ = unsafe setsockopt(descriptor.rawValue, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        _ = unsafe setsockopt(descriptor.rawValue, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
    }
}
