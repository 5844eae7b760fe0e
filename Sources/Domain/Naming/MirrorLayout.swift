public import SystemPackage

/// Where the proxies of a watch entry's drop folders lie. Pure.
public struct MirrorLayout: Sendable, Hashable {
    /// The watch entry's root, absolute.
    public let root: FilePath
    /// Name of drop folders.
    public let originalDirectory: FileName
    /// What a drop folder's own component becomes.
    public let proxyDirectory: FileName
    /// Where set, the tree below `root` is mirrored here instead of beside the originals.
    public let proxyRoot: FilePath?

    public init(root: FilePath, originalDirectory: FileName, proxyDirectory: FileName, proxyRoot: FilePath?) {
        self.root = root
        self.originalDirectory = originalDirectory
        self.proxyDirectory = proxyDirectory
        self.proxyRoot = proxyRoot
    }

    /// The drop folder that `path` lies in, or is: the outermost directory with the drop folders' name at or below
    /// the root. `nil` where there is none.
    public func dropFolder(of path: FilePath) -> FilePath? {
        guard let below = path.names(below: root) else { return nil }
        if root.fileName == originalDirectory { return root }
        guard let index = below.firstIndex(of: originalDirectory) else { return nil }
        return below[...index].reduce(root) { $0.appending(name: $1) }
    }

    /// The directory that mirrors a drop folder.
    public func mirror(ofDropFolder dropFolder: FilePath) -> FilePath {
        guard let proxyRoot else {
            return dropFolder.removingLastComponent().appending(name: proxyDirectory)
        }
        let below = dropFolder.names(below: root) ?? []
        guard !below.isEmpty else { return proxyRoot }
        return (below.dropLast() + [proxyDirectory]).reduce(proxyRoot) { $0.appending(name: $1) }
    }

    /// The directory for the proxy and the sidecar of an original.
    public func destinationDirectory(of original: OriginalLocation) -> FilePath {
        let below = original.path.names(below: original.dropFolder) ?? []
        return below.dropLast().reduce(mirror(ofDropFolder: original.dropFolder)) { $0.appending(name: $1) }
    }
}
