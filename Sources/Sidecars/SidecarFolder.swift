public import Domain
public import DurableFiles
public import SystemPackage

/// Sidecars in the mirrors of drop folders.
///
/// They are output: nothing is ever believed because a sidecar says so. One is read only to see whether it may be
/// replaced.
public struct SidecarFolder: SidecarFiles {
    let folders: OutputFolders
    let lanes: BlockingLanes
    private let generator: String
    private let revisions = PublishedRevisions()

    /// - Parameter generator: program and version, as `generator` in the sidecar.
    public init(
        generator: String, folders: OutputFolders = OutputFolders(), lanes: BlockingLanes = BlockingLanes()
    ) {
        self.generator = generator
        self.folders = folders
        self.lanes = lanes
    }

    /// Writes the sidecar, unless a newer revision of the same video was written by this process in the meantime: the
    /// progress of a job and its end come from different tasks.
    public func publish(
        _ video: VideoSnapshot, progress: JobProgress?, updatedAt: String
    ) async throws(Failure) {
        let document = SidecarDocument(video, progress: progress, updatedAt: updatedAt, generator: generator)
        let text: [UInt8]
        do {
            text = try document.json()
        } catch {
            throw Failure(.ioError, "The sidecar of '\(video.originalPath)' has no JSON form: \(error).")
        }
        try await lanes.run { () throws(Failure) in
            try revisions.publishing(video.revision, of: video.id) { () throws(Failure) in
                try write(text, of: video)
            }
        }
    }

    public func remove(videoID: String, at path: FilePath) async throws(Failure) {
        try await lanes.run { () throws(Failure) in try removeOurs(videoID, at: path) }
    }

    private func removeOurs(_ videoID: String, at path: FilePath) throws(Failure) {
        guard let name = path.fileName, let directory = try folders.openIfThere(path.removingLastComponent()) else {
            return
        }
        guard case .file = try directory.entry(at: name),
            let bytes = try directory.read(name, maximumBytes: 1 << 20), SidecarMark.videoID(in: bytes) == videoID
        else { return }
        try directory.remove(name)
        try directory.sync()
    }

    private func write(_ text: [UInt8], of video: VideoSnapshot) throws(Failure) {
        let name = try SidecarFolder.name(of: video)
        let directory = try folders.open(video.destination, mirroring: video.originalPath)
        switch try directory.entry(at: name) {
        case .nothing: break
        case .file:
            if try !SidecarFolder.isOurs(name, in: directory, video) { try setAside(name, in: directory) }
        case .other:
            let path = PathText.encode(video.destination.appending(name: name).bytes)
            throw Failure(
                .proxyPathOccupied, "'\(path)' is a directory or a link where a sidecar should be; move it away.")
        }
        let temporary = ProxyNaming.temporaryName(jobID: video.id, suffix: "sidecar-\(TemporaryMark.newEnding())")
        try directory.writeAtomically(text, to: name, temporaryName: temporary)
    }

    /// Keeps somebody else's file beside our sidecar.
    private func setAside(_ name: FileName, in directory: borrowing OutputDirectory) throws(Failure) {
        var copy = 1
        while try !directory.renameWithoutReplacing(name, to: ForeignName.name(for: name, copy: copy)) { copy += 1 }
    }

    private static func name(of video: VideoSnapshot) throws(Failure) -> FileName {
        guard let original = video.originalPath.fileName else {
            throw Failure(.ioError, "The path '\(video.originalPath)' has no file name.")
        }
        return ProxyNaming.sidecarName(for: original)
    }

    private static func isOurs(
        _ name: FileName, in directory: borrowing OutputDirectory, _ video: VideoSnapshot
    ) throws(Failure) -> Bool {
        if video.hasSidecar { return true }
        // Written, but not yet recorded, when the daemon was stopped.
        guard let bytes = try directory.read(name, maximumBytes: 1 << 20) else { return false }
        return SidecarMark.videoID(in: bytes) == video.id
    }
}
