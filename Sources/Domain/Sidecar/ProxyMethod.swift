/// How a proxy's picture was made of the original's.
public enum ProxyMethod: String, Sendable, Hashable, Codable, CaseIterable {
    /// Decoded, scaled and encoded.
    case encode
    /// Copied, packet by packet: the original's picture was a proxy's already.
    case remux
}
