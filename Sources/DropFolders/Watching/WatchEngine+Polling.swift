import Domain
import Logging
import Synchronization
import SystemPackage

// Directories that events do not cover, and reports of what is wrong.
extension WatchEngine {
    func choosePolling(of directory: Directory, at path: FilePath) {
        guard watches != nil else { return }
        if let parent = directory.parent, parent.identity?.device == directory.identity?.device {
            directory.sendsEvents = parent.sendsEvents
        } else {
            // A failed statfs says nothing good: polling is the safe side.
            directory.sendsEvents = fileSystem(path)?.sendsEvents ?? false
        }
        if directory.pollReason == .noWatch { return }
        if case .every = roots[directory.tree].tree.polling {
            startPolling(directory, because: .configured)
        } else if !directory.sendsEvents {
            startPolling(directory, because: .noEvents)
        } else {
            stopPolling(directory)
        }
    }

    func startPolling(_ directory: Directory, because reason: Directory.PollReason) {
        guard watches != nil else { return }
        directory.pollReason = reason
        polled[ObjectIdentifier(directory)] = directory
        if roots[directory.tree].pollDue == nil {
            roots[directory.tree].pollDue = setTimer(after: pollInterval(ofTree: directory.tree))
        }
    }

    func stopPolling(_ directory: Directory) {
        directory.pollReason = nil
        directory.known = nil
        polled[ObjectIdentifier(directory)] = nil
    }

    func pollInterval(ofTree index: Int) -> Duration {
        switch roots[index].tree.polling {
        case .automatic: times.poll
        case .every(let interval): interval
        }
    }

    /// Queues a look at each polled directory of a tree. Where the last round is not through, it is let finish first.
    func pollTree(_ index: Int) {
        roots[index].pollDue = nil
        let directories = polled.values.filter { $0.tree == index }
        guard !directories.isEmpty else { return }
        roots[index].pollDue = setTimer(after: pollInterval(ofTree: index))
        guard visits.isEmpty else { return }
        for directory in directories { queue(Visit(directory: directory, purpose: .poll), urgently: false) }
    }

    // MARK: Reports

    func reportWatchLimit() {
        guard !isWatchLimitReported else { return }
        isWatchLimitReported = true
        let limit = WatchLimit.current()
        logger.warning(
            """
            The limit of inotify watches is reached: the remaining directories are polled. \
            Raise it with the command in `remedy`
            """,
            metadata: [
                "allowed": "\(limit.map { String($0.allowed) } ?? "unknown")",
                "remedy": "\(limit?.remedy ?? "sysctl -w fs.inotify.max_user_watches=1048576")",
            ]
        )
    }

    func reportUnreadable(_ directory: Directory, _ path: FilePath, _ error: Errno) {
        guard !directory.isUnreadable else { return }
        setUnreadable(directory, true)
        logger.warning(
            "A directory cannot be read: nothing in it is seen until it can be",
            metadata: ["path": "\(PathText.encode(path.bytes))", "reason": "\(error)"]
        )
        // Access can come back without an event in a watched directory.
        startPolling(directory, because: directory.pollReason ?? .noEvents)
    }

    func setUnreadable(_ directory: Directory, _ isUnreadable: Bool) {
        directory.isUnreadable = isUnreadable
        health.withLock { $0.visible.unreadableDirectories += isUnreadable ? 1 : -1 }
    }
}
