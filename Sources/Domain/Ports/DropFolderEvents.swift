public import SystemPackage

/// What watching and scanning say. Hints only: the probe and the store decide.
public enum DropFolderEvent: Sendable, Hashable {
    /// An original is there; it may be new, changed or long known.
    case seen(OriginalLocation, FileIdentity)
    /// The path no longer names an original.
    case gone(OriginalLocation)
    /// A drop folder was found.
    case dropFolder(FilePath, root: FilePath)
    /// The first walk of every root is done, and every directory in it is watched (or polled).
    case scanned
    /// A later walk of every root is done: it has made up for lost events or changed mounts, or was due. What was not
    /// seen in it may be gone.
    case walked
}
