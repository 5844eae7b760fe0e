public import SystemPackage

/// Where an original lies: which watch entry and drop folder it belongs to.
public struct OriginalLocation: Sendable, Hashable {
    /// The watch entry's root, absolute.
    public let root: FilePath
    /// The drop folder (the outermost directory named `original`), absolute; may equal `root`.
    public let dropFolder: FilePath
    /// The original itself, absolute.
    public let path: FilePath

    public init(root: FilePath, dropFolder: FilePath, path: FilePath) {
        self.root = root
        self.dropFolder = dropFolder
        self.path = path
    }
}
