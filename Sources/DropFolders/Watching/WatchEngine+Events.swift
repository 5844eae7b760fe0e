import Domain
import Inotify
import Logging
import Synchronization
import SystemPackage

// What events mean.
extension WatchEngine {
    private struct TouchKey: Hashable {
        let directory: ObjectIdentifier
        let name: FileName
    }

    /// Takes what the reader has read.
    func take(_ batch: InotifyBatch) {
        switch batch {
        case .overflow:
            health.withLock { $0.visible.overflows += 1 }
            logger.warning("Watch events were lost; every tree is walked again")
            requestRescan()
        case .mountsChanged:
            requestRescan()
        case .events(let events):
            let time = now()
            health.withLock { $0.lastEvent = time }
            take(events)
        }
        finishStep()
    }

    private func take(_ events: [InotifyEvent]) {
        var touches: [Touch] = []
        var places: [TouchKey: Int] = [:]
        for event in events {
            guard let directory = table[event.watch] else { continue }
            if event.mask.contains(.ignored) {
                watchEnded(event.watch, of: directory)
            } else if event.name.isEmpty {
                if !event.mask.isDisjoint(with: [.deleteSelf, .moveSelf, .unmounted]), directory.rootPath != nil {
                    checkRoots()
                }
            } else if event.mask.contains(.isDirectory) {
                takeDirectoryEvent(event, in: directory)
            } else if rules(of: directory).takesFile(named: FileName(bytes: event.name)) {
                // One look for each name and batch: creation and close of a small file come together.
                let name = FileName(bytes: event.name)
                let isLoss = !event.mask.isDisjoint(with: [.delete, .movedFrom])
                let key = TouchKey(directory: ObjectIdentifier(directory), name: name)
                if let place = places[key] {
                    touches[place].mayBeGone = touches[place].mayBeGone || isLoss
                } else {
                    places[key] = touches.count
                    touches.append(Touch(directory: directory, name: name, mayBeGone: isLoss))
                }
            }
        }
        for touch in touches { look(at: touch) }
    }

    /// Tells what is at a name now.
    private func look(at touch: Touch) {
        let layout = layout(of: touch.directory)
        guard let folder = touch.directory.path, let dropFolder = layout.dropFolder(of: folder) else { return }
        let path = folder.appending(name: touch.name)
        let location = OriginalLocation(root: layout.root, dropFolder: dropFolder, path: path)
        do {
            let status = try FileStatus.of(path)
            if status.kind == .regular {
                tell(.seen(location, status.identity))
            } else if touch.mayBeGone {
                tell(.gone(location))
            }
        } catch {
            // Only an event says that a file is gone: a missing path alone may be a missing mount.
            if touch.mayBeGone, error == .noSuchFileOrDirectory { tell(.gone(location)) }
        }
    }

    private func watchEnded(_ watch: WatchDescriptor, of directory: Directory) {
        table[watch] = nil
        directory.watch = nil
        countWatches()
        if directory.rootPath != nil {
            // A new root may have the old one's inode number: only its watch has told that it is another one.
            closeRoot(directory.tree)
            checkRoots()
        } else if let parent = directory.parent {
            reconcile(directory.name, in: parent)
        }
    }

    private func takeDirectoryEvent(_ event: InotifyEvent, in parent: Directory) {
        let name = FileName(bytes: event.name)
        if event.mask.contains(.movedFrom) {
            beginMove(of: name, in: parent, cookie: event.cookie)
        } else if event.mask.contains(.movedTo), let move = moves.removeValue(forKey: event.cookie) {
            endMove(move, at: name, in: parent)
        } else {
            reconcile(name, in: parent)
        }
    }

    private func beginMove(of name: FileName, in parent: Directory, cookie: UInt32) {
        guard let child = parent.children[name], let path = child.path else { return }
        // A late event: the walk has met a new directory of this name already.
        if let status = FileStatus.ifKnown(path), status.directoryIdentity == child.identity { return }
        child.leaveParent()
        moves[cookie] = Move(directory: child, from: path, deadline: setTimer(after: times.move))
    }

    private func endMove(_ move: Move, at name: FileName, in parent: Directory) {
        guard let folder = parent.path, mayEnter(name, in: parent, folder: folder) else {
            return forget(move)
        }
        let path = folder.appending(name: name)
        guard let status = FileStatus.ifKnown(path), status.directoryIdentity == move.directory.identity else {
            // It has moved on, and another event will tell; what is here now is looked at.
            forget(move)
            return reconcile(name, in: parent)
        }
        if let other = parent.children[name] { drop(other) }
        move.directory.move(to: parent, as: name)
        leaveMirrorOfNewDropFolder(name, in: parent)
        queue(Visit(directory: move.directory, purpose: .walk, movedFrom: move.from), urgently: true)
    }

    /// The directory has left the tree: nothing in it is an original any more.
    func forget(_ move: Move) {
        tellGone(move.from, in: move.directory.tree)
        drop(move.directory)
    }

    /// Looks what directory is at a name now, and makes the tree agree.
    private func reconcile(_ name: FileName, in parent: Directory) {
        guard let folder = parent.path else { return }
        let child = parent.children[name]
        guard mayEnter(name, in: parent, folder: folder),
            let status = FileStatus.ifKnown(folder.appending(name: name)), status.kind == .directory
        else {
            if let child { drop(child) }
            return
        }
        if let child, let known = child.identity, known != status.directoryIdentity { drop(child) }
        leaveMirrorOfNewDropFolder(name, in: parent)
        queue(Visit(directory: parent.child(named: name), purpose: .walk), urgently: true)
    }

    /// When a drop folder appears beside a directory that was watched so far, and that is its mirror from now on.
    private func leaveMirrorOfNewDropFolder(_ name: FileName, in parent: Directory) {
        let layout = layout(of: parent)
        guard name == layout.originalDirectory, let folder = parent.path, layout.dropFolder(of: folder) == nil,
            let mirror = parent.children[layout.proxyDirectory]
        else { return }
        drop(mirror)
    }

    /// Whether originals or drop folders may be in a directory.
    func mayEnter(_ name: FileName, in parent: Directory, folder: FilePath) -> Bool {
        let layout = layout(of: parent)
        guard rules(of: parent).entersDirectory(named: name) else { return false }
        if let proxyRoot = layout.proxyRoot, folder.appending(name: name) == proxyRoot { return false }
        guard name == layout.proxyDirectory, layout.dropFolder(of: folder) == nil else { return true }
        do {
            return try FileStatus.of(folder.appending(name: layout.originalDirectory)).kind != .directory
        } catch {
            // Where it cannot be told whether this is a mirror, it is left alone: no proxy may become an original.
            return error == .noSuchFileOrDirectory
        }
    }
}
