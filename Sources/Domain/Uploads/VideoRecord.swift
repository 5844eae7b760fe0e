public import SystemPackage

/// A video's row with what is recorded of its files, for holding it against the disk.
public struct VideoRecord: Sendable, Hashable {
    public let video: VideoSnapshot
    public let location: OriginalLocation
    /// The original as it was last recorded.
    public let identity: FileIdentity
    /// Of its content when its upload was complete; `nil` where it could not be read.
    public let fingerprint: ContentFingerprint?
    /// What was last published, and where.
    public let published: PublishedProxy?
    /// The newest revision that a sidecar was written for; 0 where none was.
    public let sidecarRevision: Int
    /// Whether files of this row still lie at a former place.
    public let isMoving: Bool

    public init(
        video: VideoSnapshot, location: OriginalLocation, identity: FileIdentity, fingerprint: ContentFingerprint?,
        published: PublishedProxy?, sidecarRevision: Int, isMoving: Bool
    ) {
        self.video = video
        self.location = location
        self.identity = identity
        self.fingerprint = fingerprint
        self.published = published
        self.sidecarRevision = sidecarRevision
        self.isMoving = isMoving
    }

    /// Where the sidecar lies; `nil` for a path without a name, which no row has.
    public var sidecarPath: FilePath? {
        video.originalPath.fileName.map { video.destination.appending(name: ProxyNaming.sidecarName(for: $0)) }
    }
}

/// A published proxy: the row, the place and the file.
public struct PublishedProxy: Sendable, Hashable {
    public let videoID: String
    public let originalPath: FilePath
    public let path: FilePath
    public let file: PublishedFile
    /// Whether its original is known to be deleted.
    public let isOriginalMissing: Bool

    public init(
        videoID: String, originalPath: FilePath, path: FilePath, file: PublishedFile, isOriginalMissing: Bool = false
    ) {
        self.videoID = videoID
        self.originalPath = originalPath
        self.path = path
        self.file = file
        self.isOriginalMissing = isOriginalMissing
    }
}
