import Domain
import Inotify
import SystemPackage

/// One directory of a watched tree. Nodes hold their parents, not paths, so that a rename moves a subtree at once.
///
/// Confined to the watch engine. Nothing is stored for files, except in directories that must be polled.
final class Directory {
    /// Which directory the kernel sees.
    struct Identity: Hashable {
        let device: UInt64
        let inode: UInt64
    }

    /// Why a directory is polled.
    enum PollReason {
        /// The limit of watches is reached.
        case noWatch
        /// Its file system sends no events for changes made elsewhere.
        case noEvents
        /// The configuration says so.
        case configured
    }

    /// Index of the watch entry.
    let tree: Int
    private(set) var name: FileName
    private(set) weak var parent: Directory?
    private(set) var children: [FileName: Directory] = [:]
    /// The root's own path; `nil` for every other directory.
    let rootPath: FilePath?
    /// Whether the root is (still) in use; unused elsewhere.
    var isLiveRoot: Bool
    var watch: WatchDescriptor?
    var identity: Identity?
    /// Whether the file system it lies on sends events; looked up where the device differs from the parent's.
    var sendsEvents = true
    var pollReason: PollReason?
    var isUnreadable = false
    /// Whether it was reported as a drop folder.
    var isAnnounced = false
    /// Name → fingerprint of its originals, of polled directories only; `nil` before the first look.
    var known: [FileName: Int]?
    /// When the directory's names were read last.
    var reading: Reading?

    struct Reading {
        /// Time of the directory's last change of status, in nanoseconds: each name that comes or goes sets it (POSIX.1-2017, open,
        /// unlink, rename), and nobody can set it back.
        let changed: Int64
        /// No change after the reading can have left the same time, and there was no original to look at.
        let isSteadyWithoutOriginals: Bool
    }

    init(root: FilePath, tree: Int) {
        self.tree = tree
        rootPath = root
        name = root.fileName ?? FileName("/")
        isLiveRoot = true
    }

    private init(name: FileName, parent: Directory) {
        tree = parent.tree
        rootPath = nil
        isLiveRoot = false
        self.name = name
        self.parent = parent
    }

    /// Its path; `nil` where it is no longer part of a live tree.
    var path: FilePath? {
        var names: [FileName] = []
        var directory = self
        while directory.rootPath == nil {
            guard let parent = directory.parent else { return nil }
            names.append(directory.name)
            directory = parent
        }
        guard directory.isLiveRoot, var bytes = directory.rootPath?.bytes else { return nil }
        for name in names.reversed() {
            bytes.append(UInt8(ascii: "/"))
            bytes += name.bytes
        }
        return FilePath(bytes: bytes)
    }

    /// Whether another reading is worthless as long as the time of change is the same.
    var hasNothingNew: Bool { reading?.isSteadyWithoutOriginals ?? false }

    /// - Parameter isRecent: the time of change is so young that another change may have the same.
    func noteReading(changed: Int64, isRecent: Bool, hasOriginals: Bool) {
        reading = Reading(changed: changed, isSteadyWithoutOriginals: !hasOriginals && !isRecent)
    }

    /// Whether one of its ancestors is the same directory: a bind mount has made a loop.
    var repeatsAnAncestor: Bool {
        var ancestor = parent
        while let directory = ancestor {
            if directory.identity == identity { return true }
            ancestor = directory.parent
        }
        return false
    }

    /// The child with this name, made where there is none.
    func child(named name: FileName) -> Directory {
        if let child = children[name] { return child }
        let child = Directory(name: name, parent: self)
        children[name] = child
        return child
    }

    /// Takes the directory out of its parent; its subtree stays whole.
    func leaveParent() {
        if let parent, parent.children[name] === self {
            parent.children[name] = nil
            // Whoever dropped this one may be wrong: the next walk looks.
            parent.reading = nil
        }
        parent = nil
    }

    /// Puts a directory that has left its parent under another one, in whose place none may be.
    func move(to newParent: Directory, as newName: FileName) {
        parent = newParent
        name = newName
        isAnnounced = false
        // What is an original is another question there.
        forgetReadings()
        newParent.children[newName] = self
    }

    private func forgetReadings() {
        var rest = [self]
        while let next = rest.popLast() {
            next.reading = nil
            rest += next.children.values
        }
    }

    /// Takes over the children of a node that stood for the same directory.
    func adoptChildren(of other: Directory) {
        for (name, child) in other.children where children[name] == nil {
            child.parent = self
            child.forgetReadings()
            children[name] = child
        }
        other.children = [:]
    }
}
