import Domain
import Inotify
import Synchronization
import SystemPackage

// Reading directories.
extension WatchEngine {
    /// Everything that sets, ends or changes names in a directory, and ends of writing. No changes of content: a
    /// slow upload would fill the queue with them.
    static let directoryMask: InotifyMask = [
        .create, .closeWrite, .movedFrom, .movedTo, .delete, .deleteSelf, .moveSelf, .onlyDirectory, .excludeUnlinked,
    ]

    /// Watches a directory, then reads it: what comes between the two is seen twice, and never missed.
    func make(_ visit: Visit) {
        let directory = visit.directory
        guard let path = directory.path else { return }
        if visit.purpose == .routineWalk, canPassOver(directory, at: path) {
            for child in directory.children.values {
                queue(Visit(directory: child, purpose: .routineWalk), urgently: false)
            }
            return
        }
        guard setWatch(on: directory, at: path) else { return }
        do {
            var listing = try DirectoryListing.open(path, followingLink: directory.rootPath != nil)
            let status = try listing.status()
            if directory.identity != status.directoryIdentity {
                directory.known = nil
                directory.reading = nil
            }
            directory.identity = status.directoryIdentity
            let isRecent = status.isChanged(within: times.granularity)
            guard !directory.repeatsAnAncestor else { return drop(directory) }
            if directory.isUnreadable { setUnreadable(directory, false) }
            choosePolling(of: directory, at: path)
            let hasOriginals = try read(&listing, path: path, visit: visit)
            directory.noteReading(
                changed: status.identity.changedNanoseconds, isRecent: isRecent, hasOriginals: hasOriginals)
        } catch .noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels {
            // Gone since it was queued. A root's own loss shows in the next look at the roots.
            if directory.rootPath == nil { drop(directory) } else { checkRoots() }
        } catch {
            reportUnreadable(directory, path, error)
        }
    }

    /// Whether the directory holds nothing that the last reading has not seen, and its events still come.
    private func canPassOver(_ directory: Directory, at path: FilePath) -> Bool {
        guard directory.hasNothingNew, directory.pollReason == nil, !directory.isUnreadable,
            let watch = directory.watch, table[watch] === directory,
            // Whatever is wrong, the reading says it.
            let status = try? FileStatus.of(path, followingLink: directory.rootPath != nil)
        else { return false }
        return status.directoryIdentity == directory.identity
            && status.identity.changedNanoseconds == directory.reading?.changed
    }

    /// - Returns: whether it has originals.
    private func read(_ listing: inout DirectoryListing, path: FilePath, visit: Visit) throws(Errno) -> Bool {
        let directory = visit.directory
        let layout = layout(of: directory)
        let dropFolder = layout.dropFolder(of: path)
        if dropFolder == path, !directory.isAnnounced {
            directory.isAnnounced = true
            tell(.dropFolder(path, root: layout.root))
        }
        var folders: Set<FileName> = []
        var looked: [FileName: Int] = [:]
        var hasOriginals = false
        while let entry = try listing.next() {
            var status: FileStatus?
            if entry.kind == .unknown { status = try? listing.status(of: entry.name) }  // Gone meanwhile: no entry.
            if entry.kind == .directory || status?.kind == .directory {
                folders.insert(entry.name)
            } else if entry.kind == .regular || status?.kind == .regular, dropFolder != nil || visit.movedFrom != nil,
                rules(of: directory).takesFile(named: entry.name)
            {
                if let old = visit.movedFrom { tellGone(old.appending(name: entry.name), in: directory.tree) }
                guard let dropFolder else { continue }
                hasOriginals = true
                // Gone meanwhile: its event comes.
                guard let status = try? status ?? listing.status(of: entry.name), status.kind == .regular else {
                    continue
                }
                let location = OriginalLocation(
                    root: layout.root, dropFolder: dropFolder, path: path.appending(name: entry.name))
                let print = fingerprint(status.identity)
                if directory.pollReason != nil { looked[entry.name] = print }
                if visit.purpose == .poll, directory.known?[entry.name] == print { continue }
                tell(.seen(location, status.identity))
            }
        }
        if directory.pollReason != nil { remember(looked, of: directory, at: path) }
        enter(folders, path: path, visit: visit)
        return hasOriginals
    }

    /// Keeps what a polled directory holds, and tells what has left it.
    private func remember(_ looked: [FileName: Int], of directory: Directory, at path: FilePath) {
        if let known = directory.known {
            for name in known.keys where looked[name] == nil {
                tellGone(path.appending(name: name), in: directory.tree)
            }
        }
        directory.known = looked
    }

    private func fingerprint(_ identity: FileIdentity) -> Int {
        var hasher = Hasher()
        hasher.combine(identity.inode)
        hasher.combine(identity.sizeBytes)
        hasher.combine(identity.modifiedNanoseconds)
        return hasher.finalize()
    }

    private func enter(_ folders: Set<FileName>, path: FilePath, visit: Visit) {
        let directory = visit.directory
        let allowed = folders.filter { mayEnter($0, in: directory, folder: path) }
        for (name, child) in directory.children where !allowed.contains(name) { drop(child) }
        for name in allowed {
            let isNew = directory.children[name] == nil
            guard isNew || visit.purpose != .poll else { continue }
            queue(
                Visit(
                    directory: directory.child(named: name), purpose: isNew ? .walk : visit.purpose,
                    movedFrom: visit.movedFrom?.appending(name: name)
                ),
                urgently: visit.movedFrom != nil
            )
        }
    }

    // MARK: Watches

    /// - Returns: `false` where there is nothing to read.
    private func setWatch(on directory: Directory, at path: FilePath) -> Bool {
        guard let watches else { return true }
        do {
            var mask = WatchEngine.directoryMask
            if directory.rootPath == nil { mask.insert(.doNotFollow) }
            let watch = try watches.addWatch(path, mask: mask)
            if let other = table[watch], other !== directory, !takeOver(other, by: directory) { return false }
            if directory.watch != watch { endWatch(of: directory) }
            directory.watch = watch
            table[watch] = directory
            if directory.pollReason == .noWatch { stopPolling(directory) }
            countWatches()
            return true
        } catch {
            return watchFailed(error, on: directory, at: path)
        }
    }

    private func watchFailed(_ error: InotifyError, on directory: Directory, at path: FilePath) -> Bool {
        switch error.code {
        case .gone, .notDirectory:
            if directory.rootPath == nil { drop(directory) } else { checkRoots() }
            return false
        case .watchLimit:
            reportWatchLimit()
            startPolling(directory, because: .noWatch)
            return true
        case .permissionDenied, .instanceLimit, .system:
            // The read that follows tells the person what is wrong; where it works, polling has to do.
            startPolling(directory, because: .noWatch)
            return true
        }
    }

    /// The kernel knows this directory under another node: it was moved, and its events are still to come, or it can
    /// be reached by two paths (a bind mount), of which the first one counts.
    private func takeOver(_ other: Directory, by directory: Directory) -> Bool {
        if let otherPath = other.path, let status = FileStatus.ifKnown(otherPath),
            status.directoryIdentity == other.identity
        {
            directory.leaveParent()
            return false
        }
        other.leaveParent()
        other.watch = nil
        directory.adoptChildren(of: other)
        stopPolling(other)
        return true
    }

    /// Ends everything about a directory and what is below it.
    func drop(_ directory: Directory) {
        directory.leaveParent()
        directory.isLiveRoot = false
        var rest = [directory]
        while let next = rest.popLast() {
            endWatch(of: next)
            stopPolling(next)
            if next.isUnreadable { setUnreadable(next, false) }
            rest += next.children.values
        }
        countWatches()
    }

    /// Late events of the watch find nobody. The kernel gives its number to nobody else before two thousand million
    /// others were used (`idr_alloc_cyclic` in fs/notify/inotify/inotify_user.c).
    private func endWatch(of directory: Directory) {
        guard let watch = directory.watch else { return }
        watches?.removeWatch(watch)
        table[watch] = nil
        directory.watch = nil
    }

    func countWatches() {
        let count = table.count
        health.withLock { $0.visible.watches = count }
    }
}
