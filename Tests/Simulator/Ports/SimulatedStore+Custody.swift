import Catalog
import Domain
import SystemPackage

// What the service that looks after proxies asks and writes.
extension SimulatedStore: CustodyStore {
    func completedProxies(after last: String?, limit: Int) async throws(StoreError) -> [PublishedProxy] {
        try await read("completedProxies") { (catalog) throws(StoreError) in
            try await catalog.completedProxies(after: last, limit: limit)
        }
    }

    func completedProxies(atOrBelow path: FilePath) async throws(StoreError) -> [PublishedProxy] {
        try await read("completedProxies") { (catalog) throws(StoreError) in
            try await catalog.completedProxies(atOrBelow: path)
        }
    }

    func completedProxy(ofVideo id: String) async throws(StoreError) -> PublishedProxy? {
        try await read("completedProxy") { (catalog) throws(StoreError) in
            try await catalog.completedProxy(ofVideo: id)
        }
    }

    func nextToRead(every interval: Duration) async throws(StoreError) -> PublishedProxy? {
        try await write("nextToRead") { (catalog) throws(StoreError) in
            try await catalog.nextToRead(every: interval)
        }
    }

    func recordProxyFound(_ proxy: PublishedProxy, as file: PublishedFile) async throws(StoreError) -> Bool {
        try await write("recordProxyFound") { (catalog) throws(StoreError) in
            try await catalog.recordProxyFound(proxy, as: file)
        }
    }

    func recordProxyLost(
        _ proxy: PublishedProxy, altered: PublishedFile?, reason: String, preset: Preset
    ) async throws(StoreError) -> Bool {
        let world = world
        return try await write("recordProxyLost") { (catalog) throws(StoreError) in
            let isQueued = try await catalog.recordProxyLost(proxy, altered: altered, reason: reason, preset: preset)
            if isQueued, !world.tampered.contains(proxy.path) {
                world.violate("\(proxy.path) is given up as lost (\(reason)), and nobody has touched it")
            }
            return isQueued
        }
    }
}
