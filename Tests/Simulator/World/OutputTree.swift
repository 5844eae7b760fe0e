import Domain
import SystemPackage

/// A file that the daemon (or a stranger) wrote below `proxy/`.
final class OutputFile {
    let inode: UInt64
    var content: String
    var sizeBytes: Int64 { Int64(content.utf8.count) }
    var modified: Int64
    /// Whether a power cut leaves the content as it is.
    var isSynced = false

    init(inode: UInt64, content: String, at time: Int64) {
        self.inode = inode
        self.content = content
        modified = time
    }

    func identity(onDevice device: UInt64) -> FileIdentity {
        FileIdentity(
            device: device, inode: inode, sizeBytes: sizeBytes, modifiedNanoseconds: modified,
            changedNanoseconds: modified)
    }
}

/// What a sidecar says, as far as it can be wrong.
struct SidecarNote {
    let videoID: String
    let revision: Int
    let upload: UploadStatus
    let processing: ProcessingStatus
}

/// One file system's outputs: names as programs see them, and as a power cut would leave them.
struct OutputTree {
    var entries: [FilePath: OutputFile] = [:]
    private(set) var durable: [FilePath: OutputFile] = [:]
    var sidecars: [FilePath: SidecarNote] = [:]

    /// The names in one directory outlive a power cut from now on.
    mutating func syncDirectory(_ directory: FilePath) {
        durable = durable.filter { $0.key.removingLastComponent() != directory }
        for (path, file) in entries where path.removingLastComponent() == directory { durable[path] = file }
    }

    func isDurable(_ path: FilePath) -> Bool { durable[path] === entries[path] }

    /// Each name that was not synced is kept or lost, each content that was not synced is rubbish. A rename is one step of
    /// the file system's journal: its file is left under the old name or the new one.
    mutating func cutPower(_ random: inout SeededGenerator) {
        let before = durable.sorted { $0.key.string < $1.key.string }
        let live = Set(entries.values.map { ObjectIdentifier($0) })
        let paths = Set(entries.keys).union(durable.keys).sorted { $0.string < $1.string }
        for path in paths where entries[path] !== durable[path] && random.chance(0.5) { entries[path] = durable[path] }
        for (path, file) in before where entries[path] == nil && live.contains(ObjectIdentifier(file)) {
            if !entries.values.contains(where: { $0 === file }) { entries[path] = file }
        }
        for path in paths {
            guard let file = entries[path], !file.isSynced else { continue }
            file.content = "rubbish"
            file.isSynced = true
        }
        durable = entries
    }
}
