import Domain
import FoundationEssentials
public import SystemPackage

/// What the configuration's rules make of a path, in order, in words.
public struct FileStanding: Sendable, Hashable {
    /// Each rule that was applied, and what came of it.
    public let rules: [String]
    /// Whether a regular file there would be an original.
    public let isInput: Bool

    public init(of path: FilePath, watches: [WatchSettings]) {
        var rules: [String] = []
        isInput = FileStanding.judge(path, watches, &rules)
        self.rules = rules
    }

    private static func judge(_ path: FilePath, _ watches: [WatchSettings], _ rules: inout [String]) -> Bool {
        guard let watch = watches.first(where: { path.names(below: $0.root) != nil }) else {
            let roots = watches.map { text($0.root) }.joined(separator: ", ")
            rules.append(watches.isEmpty ? "no configuration names a root" : "it lies below no watched root (\(roots))")
            return false
        }
        rules.append("it lies below the root \(text(watch.root))")
        let layout = watch.layout
        guard let dropFolder = layout.dropFolder(of: path.removingLastComponent()) else {
            rules.append(
                "it lies below no drop folder: no directory on the way is called \"\(layout.originalDirectory.text)\"")
            return false
        }
        rules.append("its drop folder is \(text(dropFolder))")
        if let reason = directoryReason(path, watch) {
            rules.append(reason)
            return false
        }
        if let name = path.fileName, let reason = watch.rules.reasonToIgnoreFile(named: name) {
            rules.append("its name is ignored: \(reason)")
            return false
        }
        rules.append("its name is taken")
        return true
    }

    private static func directoryReason(_ path: FilePath, _ watch: WatchSettings) -> String? {
        var folder = watch.root
        for name in (path.names(below: watch.root) ?? []).dropLast() {
            let isBeforeDropFolder = watch.layout.dropFolder(of: folder) == nil
            if let reason = watch.rules.reasonToIgnoreDirectory(named: name) {
                return "the directory \(text(folder.appending(name: name))) is ignored: \(reason)"
            }
            let sibling = folder.appending(name: watch.layout.originalDirectory)
            if name == watch.layout.proxyDirectory, isBeforeDropFolder,
                FileManager.default.fileExists(atPath: sibling.string)
            {
                return "\(text(folder.appending(name: name))) is the mirror of a drop folder: nothing in it is an input"
            }
            folder = folder.appending(name: name)
        }
        return nil
    }

    private static func text(_ path: FilePath) -> String { PathText.encode(path.bytes) }
}
