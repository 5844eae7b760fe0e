import Glibc

/// An address of this machine that no other machine reaches, with a port: `127.0.0.1:9840`, `[::1]:9840`.
public struct LoopbackAddress: Sendable, Hashable, CustomStringConvertible {
    enum Host: Sendable, Hashable {
        /// The last three bytes of 127.0.0.0/8.
        case version4([UInt8])
        case version6
    }

    let host: Host
    /// 0: any that is free.
    public let port: UInt16

    /// - Returns: `nil` where the text names anything else: another host, a name, no port.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        self.port = port
        let name = text[..<colon]
        if name == "[::1]" {
            host = .version6
            return
        }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 4, parts[0] == 127, !parts.contains(nil) else { return nil }
        host = .version4(parts.dropFirst().compactMap { $0 })
    }

    public var description: String {
        switch host {
        case .version4(let rest): "127.\(rest.map { "\($0)" }.joined(separator: ".")):\(port)"
        case .version6: "[::1]:\(port)"
        }
    }

    var family: Int32 {
        switch host {
        case .version4: AF_INET
        case .version6: AF_INET6
        }
    }

    /// Hands out the kernel's form (ip(7), ipv6(7)).
    func withPointer(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        switch host {
        case .version4(let rest):
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = rest.reduce(127) { $0 << 8 | UInt32($1) }.bigEndian
            return unsafe withUnsafeBytes(of: &address) { unsafe LoopbackAddress.rebound($0, body) }
        case .version6:
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            unsafe withUnsafeMutableBytes(of: &address.sin6_addr) { unsafe $0[15] = 1 }
            return unsafe withUnsafeBytes(of: &address) { unsafe LoopbackAddress.rebound($0, body) }
        }
    }

    private static func rebound(
        _ bytes: UnsafeRawBufferPointer, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        guard let base = bytes.baseAddress else { return -1 }
        return unsafe body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
}
