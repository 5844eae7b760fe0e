extension CustodyStore {
    /// Draws the consequence of how a published proxy was found.
    /// - Returns: whether the row was written.
    public func take(
        _ standing: ProxyStanding, of proxy: PublishedProxy, preset: Preset
    ) async throws(StoreError) -> Bool {
        switch standing {
        case .intact, .unreachable: false
        case .elsewhere(let file): try await recordProxyFound(proxy, as: file)
        case .missing: try await recordProxyLost(proxy, altered: nil, reason: "it was deleted", preset: preset)
        case .altered(let file):
            try await recordProxyLost(proxy, altered: file, reason: "its content was altered", preset: preset)
        case .replaced:
            try await recordProxyLost(proxy, altered: nil, reason: "another file has its place", preset: preset)
        }
    }
}
