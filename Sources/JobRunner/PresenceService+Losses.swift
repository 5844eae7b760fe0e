import Domain
import Logging
public import SystemPackage

// Deleted, or only out of reach?
extension PresenceService {
    private static let page = 500
    private static let removalsAtOnce = 64

    func lookAfterSuspects() async {
        let awaited = awaitedPaths
        guard let suspectsDue, suspectsDue <= now else { return }
        let due = Array(suspects.keys)
        // A path that is being examined as the source of a rename comes up again.
        for path in due { suspects[path] = awaited.contains(path) ? now + times.again : nil }
        var lost: [FilePath: [TrackedOriginal]] = [:]
        for path in due where !awaited.contains(path) {
            let found = await absent(atOrBelow: path)
            for original in found.absent { lost[original.location.root, default: []].append(original) }
        }
        for (root, originals) in lost { await take(originals, below: root) }
    }

    /// Looks after every original that the store knows.
    func sweep() async {
        for root in tools.policies.roots where !Task.isCancelled {
            let found = await absent(atOrBelow: root)
            if found.unreachable != unreachable[root] ?? 0, found.unreachable > 0 {
                logger.warning(
                    "originals are out of reach: their file system is not mounted; nothing is done about them",
                    metadata: ["root": .name(root), "originals": "\(found.unreachable)"])
            }
            unreachable[root] = found.unreachable > 0 ? found.unreachable : nil
            held[root] = nil
            await take(found.absent, below: root)
        }
    }

    /// Takes note of the directories by which a drop folder's file system is known again.
    public func mark(_ dropFolder: FilePath, below root: FilePath) async {
        let store = tools.store
        let landmarks = await tools.originals.landmarks(of: dropFolder, below: root)
        guard !landmarks.isEmpty else { return }
        let renumbered = await patience.persist("record a drop folder") { () throws(StoreError) in
            try await store.record(landmarks)
        }
        guard let renumbered, renumbered > 0 else { return }
        logger.info(
            "file system is known again under another device number",
            metadata: ["drop_folder": .name(dropFolder), "originals": "\(renumbered)"])
    }

    private func absent(atOrBelow path: FilePath) async -> (absent: [TrackedOriginal], unreachable: Int) {
        let store = tools.store
        var (absent, unreachable): ([TrackedOriginal], Int) = ([], 0)
        var last: FilePath?
        while !Task.isCancelled {
            let after = last
            let page = await patience.persist("read originals") { () throws(StoreError) in
                try await store.originals(atOrBelow: path, after: after, limit: PresenceService.page)
            }
            for original in page ?? [] where !original.isMissing {
                switch await tools.originals.presence(of: original.location, onDevice: original.device) {
                case .present: break
                case .absent: absent.append(original)
                case .unreachable: unreachable += 1
                }
            }
            guard let page, page.count == PresenceService.page else { break }
            last = page.last?.location.path
        }
        return (absent, unreachable)
    }

    private func take(_ lost: [TrackedOriginal], below root: FilePath) async {
        let awaited = awaitedPaths
        let gone = lost.filter { !awaited.contains($0.location.path) }
        guard !gone.isEmpty else { return }
        guard await !isMassLoss(of: gone.count, below: root) else { return }
        for original in gone { await recordMissing(original.location.path) }
        tools.sidecarBell.ring()
    }

    private func isMassLoss(of count: Int, below root: FilePath) async -> Bool {
        let store = tools.store
        let window = times.lossWindow
        let losses = await patience.persist("count losses") { () throws(StoreError) in
            try await store.losses(below: root, within: window)
        }
        guard let losses else { return false }
        let meant = accepted[root].map { $0.until > now ? $0.count : 0 } ?? 0
        let recent = RootLosses(present: losses.present, recentlyMissing: max(0, losses.recentlyMissing - meant))
        guard recent.isMassLoss(with: count) else { return false }
        let all = recent.recentlyMissing + count
        if held[root] != all {
            logger.error(
                "more than half of a tree vanished at once: nothing is deleted; bring the files back, or mount their disk",
                metadata: [
                    "root": .name(root), "vanished": "\(all)", "known": "\(losses.present)",
                    "if_meant": "understudy doctor --repair --accept-losses ROOT",
                ])
        }
        held[root] = all
        return true
    }

    /// A person says that what is gone from a root was meant to go, however much it is.
    ///
    /// - Returns: how many originals are recorded as deleted now; `nil` where no such root is watched, or its file
    ///   system does not answer.
    public func acceptLosses(below root: FilePath) async -> Int? {
        guard tools.policies.policy(ofRoot: root) != nil else { return nil }
        let found = await absent(atOrBelow: root)
        guard found.unreachable == 0 else { return nil }
        let gone = found.absent.filter { !awaitedPaths.contains($0.location.path) }
        let before = accepted[root].map { $0.until > now ? $0.count : 0 } ?? 0
        accepted[root] = (before + gone.count, now + times.lossWindow)
        for original in gone { await recordMissing(original.location.path) }
        held[root] = nil
        logger.notice(
            "a person accepted the losses of a tree", metadata: ["root": .name(root), "originals": "\(gone.count)"])
        tools.sidecarBell.ring()
        return gone.count
    }

    private func recordMissing(_ path: FilePath) async {
        let store = tools.store
        let outcome = await patience.persist("record a deleted original") { () throws(StoreError) in
            try await store.recordMissing(path)
        }
        switch outcome {
        case .kept(let job)?:
            await tools.forget(path)
            if let job { tools.withdraw(job) }
            logger.notice("original deleted", metadata: .original(path))
        case .forgotten?:
            await tools.forget(path)
            removalsDue = now
            logger.info("unfinished upload vanished", metadata: .original(path))
        case .unchanged?, nil: break
        }
    }

    // MARK: Removal, where the configuration asks for it

    func forgetAbandoned() async {
        for root in tools.policies.roots {
            guard tools.policies.policy(ofRoot: root)?.afterDeletion == .removeProxy, held[root] == nil else {
                continue
            }
            let store = tools.store
            let grace = times.removal
            let found = await patience.persist("read deleted originals") { () throws(StoreError) in
                try await store.videosMissing(below: root, atLeast: grace, limit: PresenceService.removalsAtOnce)
            }
            guard let found, !found.isEmpty, await !isMassLoss(of: 0, below: root) else { continue }
            for abandoned in found { await forget(abandoned) }
        }
    }

    /// The row first, which leaves its files as a removal.
    private func forget(_ abandoned: AbandonedVideo) async {
        guard await tools.originals.presence(of: abandoned.location, onDevice: abandoned.device) == .absent else {
            return
        }
        let store = tools.store
        let isGone = await patience.persist("forget a deleted original") { () throws(StoreError) in
            try await store.forgetMissing(abandoned.id)
        }
        guard isGone == true else { return }
        removalsDue = now
        logger.notice("deleted original forgotten, its proxy goes", metadata: .original(abandoned.location.path))
    }
}
