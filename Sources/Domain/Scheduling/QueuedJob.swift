public import SystemPackage

/// A job that may be claimed now.
public struct QueuedJob: Sendable, Hashable {
    public let id: String
    public let videoID: String
    public let dropFolder: FilePath
    /// The queue's own order; grows with each job queued.
    public let sequence: Int64
    /// How often in a row the daemon died while it ran this job.
    public let deaths: Int

    public init(id: String, videoID: String, dropFolder: FilePath, sequence: Int64, deaths: Int = 0) {
        self.id = id
        self.videoID = videoID
        self.dropFolder = dropFolder
        self.sequence = sequence
        self.deaths = deaths
    }
}

/// A job that this daemon runs, with all that an attempt needs.
public struct ClaimedJob: Sendable, Hashable {
    public let token: ClaimToken
    public let videoID: String
    public let location: OriginalLocation
    /// The original as it was when the job was queued.
    public let identity: FileIdentity
    /// Of its content at that time; `nil` where it could not be read.
    public let fingerprint: ContentFingerprint?
    public let destination: FilePath
    /// The proxy's final path.
    public let proxyPath: FilePath
    /// The files of ours that may lie at the proxy's place, which the new proxy may replace: the published one, and the
    /// one that an earlier attempt was about to publish when it ended (its rename may have happened).
    public let replaceable: [PublishedFile]
    public let preset: Preset
    public let media: MediaDescription?

    public init(
        token: ClaimToken, videoID: String, location: OriginalLocation, identity: FileIdentity,
        fingerprint: ContentFingerprint? = nil, destination: FilePath, proxyPath: FilePath,
        replaceable: [PublishedFile], preset: Preset, media: MediaDescription?
    ) {
        self.token = token
        self.videoID = videoID
        self.location = location
        self.identity = identity
        self.fingerprint = fingerprint
        self.destination = destination
        self.proxyPath = proxyPath
        self.replaceable = replaceable
        self.preset = preset
        self.media = media
    }
}

/// A file that the daemon wrote, as the kernel knew it after the last sync. Recorded before the rename (the intent), so
/// that a crash around the rename leaves no doubt about whose file lies at the final name.
public struct PublishedFile: Sendable, Hashable, Codable {
    public let inode: UInt64
    public let sizeBytes: Int64
    /// Nanoseconds since 1970 (modification time), which a rename leaves alone.
    public let modifiedNanoseconds: Int64
    public let sha256: String

    public init(inode: UInt64, sizeBytes: Int64, modifiedNanoseconds: Int64, sha256: String) {
        self.inode = inode
        self.sizeBytes = sizeBytes
        self.modifiedNanoseconds = modifiedNanoseconds
        self.sha256 = sha256
    }

    /// Whether `identity` is this very file, unaltered. The device number does not count: network and btrfs mounts
    /// get another one at each boot. An inode number that was used again comes with another modification time.
    public func isSameFile(as identity: FileIdentity) -> Bool {
        inode == identity.inode && sizeBytes == identity.sizeBytes
            && modifiedNanoseconds == identity.modifiedNanoseconds
    }
}

/// A job that was running when the daemon died.
public struct InterruptedJob: Sendable, Hashable {
    public let token: ClaimToken
    public let videoID: String
    public let destination: FilePath
    public let proxyPath: FilePath
    /// Files of ours that may lie at the proxy's place and may be replaced.
    public let replaceable: [PublishedFile]
    /// Set where the crash came after the proxy was verified and synced.
    public let intent: PublishIntent?
    /// How often in a row the daemon had died over this job before.
    public let deaths: Int

    public init(
        token: ClaimToken, videoID: String, destination: FilePath, proxyPath: FilePath,
        replaceable: [PublishedFile], intent: PublishIntent?, deaths: Int
    ) {
        self.token = token
        self.videoID = videoID
        self.destination = destination
        self.proxyPath = proxyPath
        self.replaceable = replaceable
        self.intent = intent
        self.deaths = deaths
    }
}

/// What is recorded between the sync of a verified proxy and its rename.
public struct PublishIntent: Sendable, Hashable, Codable {
    public let file: PublishedFile
    public let result: ProxyDescription
    /// Files of ours that it may replace: until the directory is synced, a power cut brings one of them back. `nil` in
    /// records of older versions.
    public let replaced: [PublishedFile]?

    public init(file: PublishedFile, result: ProxyDescription, replaced: [PublishedFile] = []) {
        self.file = file
        self.result = result
        self.replaced = replaced
    }
}
