import Domain
import Logging
import SystemPackage

// Proxies and sidecars follow their originals.
extension PresenceService {
    /// Does what moves have left to do on disk; also after a crash, which may have come before or after any rename.
    func settleRelocations() async {
        let store = tools.store
        let found = await patience.persist("read the relocations") { () throws(StoreError) in
            try await store.relocations()
        }
        let open = (found ?? []).filter { !stuck.contains($0.id) }
        for relocation in open where relocation.isReady {
            // A bare mount point would look as if the files were gone.
            if case .unreachable(let failure) = await tools.originals.presence(
                of: relocation.location, onDevice: relocation.device)
            {
                giveUp(relocation, failure)
                continue
            }
            switch relocation.work {
            case .sidecar(let current):
                await removeFormerSidecar(of: relocation, current: current)
            case .proxy(let file, let target?): await move(file, of: relocation, to: target)
            case .proxy(let file, nil): await removeFormer(file, of: relocation)
            }
        }
        relocationsDue = open.isEmpty ? nil : now + times.again
    }

    private func move(_ file: PublishedFile, of relocation: Relocation, to target: FilePath) async {
        do throws(Failure) {
            switch try await tools.proxies.move(file, from: relocation.from, to: target) {
            case .moved:
                let store = tools.store
                _ = await patience.persist("record a moved proxy") { () throws(StoreError) in
                    try await store.concludeProxyMove(relocation)
                }
                tools.jobBell.ring()
                tools.sidecarBell.ring()
            case .occupied: await takeNextName(for: relocation, insteadOf: target)
            case .lost:
                await conclude(relocation)
                await queueLost(relocation)
            }
        } catch {
            giveUp(relocation, error)
        }
    }

    private func takeNextName(for relocation: Relocation, insteadOf target: FilePath) async {
        let store = tools.store
        let next = await patience.persist("reserve another proxy name") { () throws(StoreError) in
            try await store.reserveAnotherName(for: relocation)
        }
        guard let name = next.flatMap({ $0 }) else { return }
        logger.notice(
            "a foreign file is at the proxy's new place, another name is taken",
            metadata: ["occupied": .name(target), "proxy": .name(name)])
    }

    private func removeFormer(_ file: PublishedFile, of relocation: Relocation) async {
        do throws(Failure) {
            try await tools.proxies.remove(file, at: relocation.from)
            await conclude(relocation)
        } catch {
            giveUp(relocation, error)
        }
    }

    private func removeFormerSidecar(of relocation: Relocation, current: FilePath) async {
        do throws(Failure) {
            if current != relocation.from {
                try await tools.sidecars.remove(videoID: relocation.videoID, at: relocation.from)
            }
            await conclude(relocation)
        } catch {
            giveUp(relocation, error)
        }
    }

    private func queueLost(_ relocation: Relocation) async {
        guard let policy = tools.policies.policy(containing: relocation.location.path) else { return }
        let store = tools.store
        _ = await patience.persist("queue a lost proxy") { () throws(StoreError) in
            try await store.recordProxyLost(relocation.location.path, preset: policy.preset)
        }
        logger.warning("proxy is missing, made again", metadata: .original(relocation.location.path))
        tools.jobBell.ring()
        tools.sidecarBell.ring()
    }

    private func conclude(_ relocation: Relocation) async {
        let store = tools.store
        _ = await patience.persist("end a relocation") { () throws(StoreError) in
            try await store.concludeRelocation(relocation)
        }
    }

    /// Until the next sweep: the row goes on naming the place where the file really is.
    private func giveUp(_ relocation: Relocation, _ failure: Failure) {
        stuck.insert(relocation.id)
        logger.warning(
            "file of a renamed original not moved, tried again later",
            metadata: .original(relocation.location.path).adding(.failure(failure))
        )
    }
}
