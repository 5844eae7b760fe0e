import Domain
import SystemPackage

// Strangers, mounts, disks and clocks.
extension World {
    /// Somebody removes, alters or copies a proxy, or puts a file of his own where one is to be.
    func meddle() {
        guard isMounted else { return }
        if random.chance(0.6) {
            // Nobody knows the hidden files; the daemon alone may read them.
            let own = media.entries.keys.filter {
                media.entries[$0]?.content.hasPrefix("proxy(") ?? false
                    && !($0.fileName?.hasPrefix(ProxyNaming.temporaryPrefix) ?? false)
            }
            guard !own.isEmpty else { return }
            meddle(with: random.pick(own.sorted { $0.string < $1.string }))
        } else {
            let path = random.pick(["/nas/cam1/proxy/a.mp4", "/nas/cam2/proxy/b.mp4"] as [FilePath])
            guard media.entries[path] == nil else { return }
            let file = OutputFile(inode: newNumber(), content: "foreign", at: stamp())
            file.isSynced = true
            media.entries[path] = file
            media.syncDirectory(path.removingLastComponent())
            note("foreign file at a proxy's place", "\(path)")
        }
    }

    private func meddle(with path: FilePath) {
        guard let file = media.entries[path] else { return }
        tampered.insert(path)
        switch random.below(4) {
        case 0, 1:
            media.entries[path] = nil
            note("proxy removed by a stranger", "\(path)")
        case 2:
            file.content += " and more"
            file.modified = stamp()
            note("proxy altered by a stranger", "\(path)")
        default:
            let copy = OutputFile(inode: newNumber(), content: file.content, at: stamp())
            copy.isSynced = true
            media.entries[path] = copy
            note("proxy restored from a copy", "\(path)")
        }
        media.syncDirectory(path.removingLastComponent())
        life?.proxyWatches.touched(path)
    }

    func unmount() {
        guard isMounted else { return }
        isMounted = false
        note("NAS unmounted")
        loop.call(after: random.duration(.seconds(1), .seconds(90))) { [self] in mount() }
    }

    func mount() {
        guard !isMounted else { return }
        isMounted = true
        if isRenumberedByMounts { mediaDevice += 1 }
        note("NAS mounted", "device \(mediaDevice)")
        life?.watcher.walkAgain()
    }

    func fillDisk() {
        freeBytes = Int64(random.below(1000)) << 20
        note("disk full", "\(freeBytes)")
        loop.call(after: random.duration(.seconds(1), .seconds(120))) { [self] in freeDisk() }
    }

    func freeDisk() {
        freeBytes = 100 << 30
        note("disk has room")
    }

    func stepClock() {
        let step = random.pick([.seconds(-7200), .seconds(-5), .seconds(90), .seconds(86_400 * 365)] as [Duration])
        wallOffset += step
        noteTime()
        note("clock stepped", "\(step)")
    }

    /// Events are lost; what follows is a walk, as after an overflow of the kernel's queue.
    func loseEvents() {
        guard let life else { return }
        note("events lost")
        life.watcher.loseEvents(for: random.duration(.milliseconds(10), .seconds(5)))
    }

    /// What the message of `proxy_path_occupied` asks a person to do.
    func clearTheWay(of row: ClaimedRow) {
        for path in row.places where tampered.contains(path) && media.entries[path] != nil {
            media.entries[path] = nil
            media.syncDirectory(path.removingLastComponent())
            note("person moves away", "\(path)")
        }
    }

    /// What a person does to let everything end: room, the mount, no strangers' files.
    func heal() {
        isHealed = true
        callsToCrash = nil
        lateWrites = []
        mount()
        freeDisk()
        for (path, file) in media.entries where file.content == "foreign" { media.entries[path] = nil }
        note("faults end")
    }
}
