import CLinux
import Glibc
public import SystemPackage

/// A named local socket that takes one message per connection and answers it (`SOCK_SEQPACKET`, unix(7)).
///
/// The socket's file mode says who may connect.
public final class SocketListener: Sendable {
    private let descriptor: FileDescriptor
    private let path: FilePath

    /// How long a connected peer may take to send its message or to take the answer, in seconds.
    private static let peerTimeoutSeconds = 5

    private init(descriptor: FileDescriptor, path: FilePath) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { try? descriptor.close() }  // Nothing can be done about a failed close of a socket.

    /// Listens at `path`, replacing what lies there: the caller's lock proves that nobody else listens.
    public static func listen(at path: FilePath, mode: FilePermissions) throws(SocketError) -> SocketListener {
        let descriptor = try makeSocket()
        do throws(SocketError) {
            _ = unsafe path.withPlatformString { unsafe unlink($0) }
            try unsafe LocalAddress.path(path).withPointer { (address, length) throws(SocketError) in
                guard unsafe bind(descriptor.rawValue, address, length) == 0 else { throw SocketError.last("bind") }
            }
            guard unsafe path.withPlatformString({ unsafe chmod($0, mode.rawValue) }) == 0 else {
                throw SocketError.last("chmod")
            }
            guard Glibc.listen(descriptor.rawValue, 16) == 0 else { throw SocketError.last("listen") }
        } catch {
            try? descriptor.close()  // The first error is the one to tell.
            throw error
        }
        return SocketListener(descriptor: descriptor, path: path)
    }

    /// Connects to a listener.
    public static func connect(to path: FilePath) throws(SocketError) -> SequencedSocket {
        let socket = SequencedSocket(owning: try makeSocket())
        try unsafe LocalAddress.path(path).withPointer { (address, length) throws(SocketError) in
            guard unsafe Glibc.connect(socket.descriptor.rawValue, address, length) == 0 else {
                throw SocketError.last("connect")
            }
        }
        return socket
    }

    /// Waits for the next peer; `nil` once the listener is shut down. Blocks: call it on a thread of its own.
    public func accept() throws(SocketError) -> SequencedSocket? {
        while true {
            let accepted = clinux_accept(descriptor.rawValue)
            if accepted >= 0 {
                let peer = SequencedSocket(owning: FileDescriptor(rawValue: accepted))
                peer.limitWaiting(toSeconds: SocketListener.peerTimeoutSeconds)
                return peer
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            case EINVAL, EBADF: return nil
            default: throw SocketError.last("accept")
            }
        }
    }

    /// Makes `accept` return `nil`, and removes the socket's name.
    public func shutDown() {
        _ = shutdown(descriptor.rawValue, Int32(SHUT_RDWR))
        _ = unsafe path.withPlatformString { unsafe unlink($0) }
    }

    private static func makeSocket() throws(SocketError) -> FileDescriptor {
        let descriptor = socket(AF_UNIX, Int32(SOCK_SEQPACKET.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError.last("socket") }
        return FileDescriptor(rawValue: descriptor)
    }
}

extension SequencedSocket {
    /// Makes sends and receives fail after this long instead of waiting for ever (socket(7), `SO_RCVTIMEO`).
    public func limitWaiting(toSeconds seconds: Int) {
        SocketPatience.limit(descriptor, toSeconds: seconds)
    }
}
