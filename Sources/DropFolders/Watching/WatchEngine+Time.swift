import Domain
import Logging
import SystemPackage

// What happens by the clock.
extension WatchEngine {
    /// Does what is due.
    func tick() {
        let time = now()
        for (cookie, move) in moves where move.deadline <= time {
            moves[cookie] = nil
            forget(move)
        }
        if let due = rootCheckDue, due <= time {
            checkRoots()
            setRootCheck()
        }
        if let due = reconcileDue, due <= time {
            reconcileDue = setTimer(after: times.reconcile)
            requestRescan(isRoutine: true)
        }
        if let due = rescanDue, due <= time { rescan() }
        for index in roots.indices {
            if let due = roots[index].pollDue, due <= time { pollTree(index) }
        }
        finishStep()
    }

    /// A full walk, soon; requests that come together make one.
    /// - Parameter isRoutine: no event was lost, as far as anybody knows.
    func requestRescan(isRoutine: Bool = false) {
        isRescanRoutine = isRoutine && (rescanDue == nil || isRescanRoutine)
        if rescanDue == nil { rescanDue = setTimer(after: times.overflow) }
    }

    private func rescan() {
        guard visits.isEmpty else {
            // The walk under way has passed some directories already: another one follows it.
            rescanDue = setTimer(after: times.overflow)
            return
        }
        rescanDue = nil
        isWatchLimitReported = false
        checkRoots()
        if isRescanRoutine { routineRescans += 1 }
        // One of four is thorough all the same: nobody would know of a watch that was lost without a word.
        let purpose: Visit.Purpose = isRescanRoutine && routineRescans % 4 != 0 ? .routineWalk : .walk
        isRescanRoutine = false
        for root in roots {
            if let directory = root.directory { queue(Visit(directory: directory, purpose: purpose), urgently: false) }
        }
        guard hasToldFirstWalk else { return }
        owesEndOfWalk = true
        guard visits.isEmpty else { return }
        // Not one root is there: the walk is over.
        owesEndOfWalk = false
        tell(.walked)
    }

    func setRootCheck() {
        let isMissing = roots.contains { $0.directory == nil && !$0.isRetired }
        rootCheckDue = setTimer(after: isMissing ? times.missingRoot : times.rootCheck)
    }

    /// Looks whether each root is there, and still the directory that is watched.
    func checkRoots() {
        for index in roots.indices where !roots[index].isRetired {
            let root = roots[index].tree.layout.root
            let status = try? FileStatus.of(root, followingLink: true)  // Whatever is wrong: it is not there.
            if let directory = roots[index].directory {
                let isSame = status.map { $0.directoryIdentity == directory.identity } ?? false
                guard directory.identity != nil, !isSame else { continue }
                logger.notice("A root is no longer the directory that was watched", metadata: rootMetadata(root))
                closeRoot(index)
            }
            openRoot(index)
        }
        let isMissing = roots.contains { $0.directory == nil && !$0.isRetired }
        if isMissing, let due = rootCheckDue, due > now() + times.missingRoot { setRootCheck() }
    }

    func closeRoot(_ index: Int) {
        if let directory = roots[index].directory { drop(directory) }
        roots[index].directory = nil
    }

    func openRoot(_ index: Int) {
        let root = roots[index].tree.layout.root
        let status = try? FileStatus.of(root, followingLink: true)  // Whatever is wrong: it is not there.
        guard status?.kind == .directory else {
            if !roots[index].isReportedMissing {
                logger.warning("A root is missing; it is looked for every second", metadata: rootMetadata(root))
            }
            roots[index].isReportedMissing = true
            return
        }
        if roots[index].isReportedMissing {
            roots[index].isReportedMissing = false
            logger.notice("A root that was missing is there", metadata: rootMetadata(root))
        }
        let directory = Directory(root: root, tree: index)
        directory.identity = status?.directoryIdentity
        roots[index].directory = directory
        queue(Visit(directory: directory, purpose: .walk), urgently: false)
    }

    private func rootMetadata(_ root: FilePath) -> Logger.Metadata { ["root": "\(PathText.encode(root.bytes))"] }
}
