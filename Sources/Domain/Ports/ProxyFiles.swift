public import SystemPackage

/// The files that we write beside or in place of originals' mirror: temporary files and published proxies.
public protocol ProxyFiles: Sendable {
    /// Creates the destination directory where it is missing, and in it a new, empty, hidden file for reading and
    /// writing, named after the job.
    func createTemporary(in directory: FilePath, jobID: String, attempt: Int) async throws(Failure) -> TemporaryFile
    /// Sets the final mode and syncs the content to disk. An error here means that the content must be made anew: a
    /// failed sync is never tried again.
    func harden(_ file: TemporaryFile) async throws(Failure) -> FileIdentity
    /// Renames the file to its final name and syncs the directory.
    /// - Parameter replaceable: files of ours that may be replaced, and copies of them, and what has the very content that
    ///   is published; any other file there is `proxy_path_occupied`.
    func publish(
        _ file: TemporaryFile, as path: FilePath, replacing replaceable: [PublishedFile]
    ) async throws(Failure)
    /// Opens the temporary file that a dead daemon's attempt left in `directory`; `nil` where `file`, unaltered, is not
    /// there.
    func leftTemporary(
        in directory: FilePath, jobID: String, attempt: Int, file: PublishedFile
    ) async throws(Failure) -> TemporaryFile?
    /// Closes the descriptor and removes the file if it still has its temporary name.
    func discard(_ file: TemporaryFile) async
    /// What lies at a path; `nil` where nothing (or not a regular file) does.
    func identity(at path: FilePath) async -> FileIdentity?
    /// Syncs a directory, so that a rename in it outlives a power cut.
    func syncDirectory(_ directory: FilePath) async throws(Failure)
    /// Renames a published file of ours to a new place, creating its directory, and syncs both directories.
    func move(_ file: PublishedFile, from path: FilePath, to newPath: FilePath) async throws(Failure) -> ProxyMove
    /// Removes a published file of ours; any other file there, and a missing one, is left as it is.
    func remove(_ file: PublishedFile, at path: FilePath) async throws(Failure)
    /// Bytes that may still be written below `directory` (or its nearest existing ancestor).
    func availableBytes(at directory: FilePath) async -> Int64?
    /// Removes temporary files of ours in the tree below `directory`; symbolic links are not followed.
    /// - Returns: how many were removed.
    func removeStrayTemporaries(below directory: FilePath) async -> Int
}

/// What became of a move.
public enum ProxyMove: Sendable, Hashable {
    /// It lies at the new place: moved now, or already there.
    case moved
    /// A file that is not ours lies at the new place; nothing was changed.
    case occupied
    /// It lies at neither place.
    case lost
}

/// A file that is being written under a hidden name.
public struct TemporaryFile: Sendable, Hashable {
    public let path: FilePath
    public let descriptor: FileDescriptor

    public init(path: FilePath, descriptor: FileDescriptor) {
        self.path = path
        self.descriptor = descriptor
    }
}

/// Sidecars, published whole or not at all.
public protocol SidecarFiles: Sendable {
    /// - Parameter progress: of a running job; `nil` otherwise.
    func publish(_ video: VideoSnapshot, progress: JobProgress?, updatedAt: String) async throws(Failure)
    /// Removes a video's sidecar; a file that is not this video's, and a missing one, is left alone.
    func remove(videoID: String, at path: FilePath) async throws(Failure)
}
