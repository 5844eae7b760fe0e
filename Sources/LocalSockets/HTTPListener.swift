import CLinux
import Glibc
import SystemPackage

/// A responder for HTTP/1.1 (RFC 9112) on a loopback address: one request for each connection, without a body, answered and
/// closed. As much as a scraper needs, and no more than a stranger can do no harm to.
public final class HTTPListener: Sendable {
    /// A connection with its request.
    public struct Exchange: Sendable {
        public let method: String
        /// The target as sent, with its query.
        public let target: String
        fileprivate let peer: Peer

        /// Answers and closes. A peer that has gone is none of our business.
        public func respond(_ status: String, type: String = "text/plain; charset=utf-8", _ body: [UInt8]) {
            let head =
                "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n"
                + "Cache-Control: no-store\r\nConnection: close\r\n\r\n"
            peer.send(Array(head.utf8) + (method == "HEAD" ? [] : body))
        }
    }

    /// Owns a connection's descriptor.
    fileprivate final class Peer: Sendable {
        let descriptor: FileDescriptor

        init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

        deinit { try? descriptor.close() }  // Nothing can be done about a failed close of a socket.

        func send(_ bytes: [UInt8]) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let sent = unsafe rest.withUnsafeBytes {
                    unsafe Glibc.send(descriptor.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if sent < 0 {
                    guard errno == EINTR else { return }
                } else {
                    rest = rest.dropFirst(sent)
                }
            }
        }
    }

    private let descriptor: FileDescriptor
    /// Where it listens; with the port that the kernel chose where none was asked for.
    public let port: UInt16

    private static let longestHead = 8 * 1024
    /// Seconds that a peer may take for a part of its request or of the answer.
    private static let patienceSeconds = 2

    private init(_ descriptor: FileDescriptor, port: UInt16) {
        self.descriptor = descriptor
        self.port = port
    }

    deinit { try? descriptor.close() }  // Nothing can be done about a failed close of a socket.

    public static func listen(at address: LoopbackAddress) throws(SocketError) -> HTTPListener {
        let number = socket(address.family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard number >= 0 else { throw SocketError.last("socket") }
        let descriptor = FileDescriptor(rawValue: number)
        do throws(SocketError) {
            var isOn: Int32 = 1
            // Without it a restart would wait for the connections of the former run to be forgotten (socket(7)).
            _ = unsafe setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &isOn, socklen_t(MemoryLayout<Int32>.size))
            guard unsafe address.withPointer({ unsafe bind(number, $0, $1) }) == 0 else {
                throw SocketError.last("bind")
            }
            guard Glibc.listen(number, 8) == 0 else { throw SocketError.last("listen") }
            return HTTPListener(descriptor, port: port(of: number))
        } catch {
            try? descriptor.close()  // The first error is the one to tell.
            throw error
        }
    }

    /// Waits for the next request; `nil` once the listener is shut down. Peers that send none are dropped. Blocks: call it
    /// on a thread of its own.
    public func next() throws(SocketError) -> Exchange? {
        while true {
            let accepted = clinux_accept(descriptor.rawValue)
            guard accepted >= 0 else {
                switch errno {
                case EINTR, ECONNABORTED: continue
                case EINVAL, EBADF: return nil
                default: throw SocketError.last("accept")
                }
            }
            let peer = Peer(FileDescriptor(rawValue: accepted))
            SocketPatience.limit(peer.descriptor, toSeconds: HTTPListener.patienceSeconds)
            if let exchange = HTTPListener.read(peer) { return exchange }
        }
    }

    /// Makes `next` return `nil`.
    public func shutDown() { _ = shutdown(descriptor.rawValue, Int32(SHUT_RDWR)) }

    private static func read(_ peer: Peer) -> Exchange? {
        var head: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 2048)
        let end = ContinuousClock.now + .seconds(2 * patienceSeconds)
        while ContinuousClock.now < end {
            let received = unsafe buffer.withUnsafeMutableBytes {
                unsafe recv(peer.descriptor.rawValue, $0.baseAddress, $0.count, 0)
            }
            guard received > 0 else {
                if received < 0, errno == EINTR { continue }
                return nil
            }
            head += buffer[..<received]
            guard head.count <= longestHead else { return nil }
            if let request = request(in: head) {
                return Exchange(method: request.method, target: request.target, peer: peer)
            }
        }
        return nil
    }

    /// The request line of a whole head; `nil` where the head is not whole or is none.
    static func request(in head: [UInt8]) -> (method: String, target: String)? {
        let text = String(decoding: head, as: UTF8.self)
        guard text.contains("\r\n\r\n"), let line = text.split(separator: "\r\n").first else { return nil }
        let parts = line.split(separator: " ")
        guard parts.count == 3, parts[2].hasPrefix("HTTP/1.") else { return nil }
        return (String(parts[0]), String(parts[1]))
    }

    private static func port(of number: Int32) -> UInt16 {
        var address = sockaddr_in6()  // Both families have the port at the same place (ip(7), ipv6(7)).
        var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) {
            unsafe $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(number, $0, &length) }
        }
        return result == 0 ? UInt16(bigEndian: address.sin6_port) : 0
    }
}
