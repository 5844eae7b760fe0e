import Domain
import Logging
import SystemPackage

// Files of forgotten videos.
extension PresenceService {
    /// Removes what forgotten videos have left on disk; also after a crash. The sidecar goes first: none names a proxy that
    /// is gone.
    func settleRemovals() async {
        var isMore = false
        for root in tools.policies.roots where !Task.isCancelled {
            if await settleRemovals(below: root) { isMore = true }
        }
        removalsDue = isMore ? now + times.again : nil
    }

    /// Page by page: those that cannot be done now must not stand before the others.
    /// - Returns: whether there was something to do.
    private func settleRemovals(below root: FilePath) async -> Bool {
        let store = tools.store
        var last: Int64 = 0
        var isMore = false
        while !Task.isCancelled {
            let after = last
            let page = await patience.persist("read the removals") { () throws(StoreError) in
                try await store.removals(below: root, after: after)
            }
            guard let page, let end = page.last else { break }
            last = end.id
            let open = page.filter { !stuckRemovals.contains($0.id) }
            guard !open.isEmpty else { continue }
            isMore = true
            // One that was read before its row went may be on its way to the disk.
            await tools.settleSidecars()
            for removal in open { await settle(removal) }
        }
        return isMore
    }

    private func settle(_ removal: Removal) async {
        // A bare mount point would look as if the files were gone.
        if case .unreachable(let failure) = await tools.originals.presence(
            of: removal.location, onDevice: removal.device)
        {
            return giveUp(removal, failure)
        }
        do throws(Failure) {
            try await tools.sidecars.remove(videoID: removal.videoID, at: removal.sidecar)
            if let proxy = removal.proxy { try await tools.proxies.remove(proxy.file, at: proxy.path) }
        } catch {
            return giveUp(removal, error)
        }
        let store = tools.store
        _ = await patience.persist("end a removal") { () throws(StoreError) in
            try await store.concludeRemoval(removal)
        }
        guard removal.proxy != nil else { return }
        logger.notice("proxy of a deleted original removed", metadata: .original(removal.location.path))
    }

    /// Until the next sweep.
    private func giveUp(_ removal: Removal, _ failure: Failure) {
        stuckRemovals.insert(removal.id)
        logger.warning(
            "proxy or sidecar of a deleted original not removed, tried again later",
            metadata: .original(removal.location.path).adding(.failure(failure)))
    }
}
