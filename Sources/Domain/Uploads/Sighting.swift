public import SystemPackage

/// An original that the scan or an event showed, with what the store needs to know it again.
public struct Sighting: Sendable, Hashable {
    public let location: OriginalLocation
    public let identity: FileIdentity
    /// The directory for the proxy and the sidecar.
    public let destination: FilePath
    /// Name of the preset of its watch entry.
    public let presetName: String
    /// The proxy's extension, without the dot.
    public let containerExtension: String
    /// Whether its content was held against what the store knows, and found to be new: the store asks no more.
    public var isExamined = false

    public init(
        location: OriginalLocation, identity: FileIdentity, destination: FilePath, presetName: String,
        containerExtension: String
    ) {
        self.location = location
        self.identity = identity
        self.destination = destination
        self.presetName = presetName
        self.containerExtension = containerExtension
    }

    /// The same with the content examined.
    public var examined: Sighting {
        var copy = self
        copy.isExamined = true
        return copy
    }
}

/// What the store made of a sighting.
public enum SightingOutcome: Sendable, Hashable {
    /// Known, unchanged and already uploaded: nothing to do. `publishedProxy` is the path of a completed video's proxy,
    /// for the caller to look whether it is still there.
    case known(publishedProxy: FilePath?)
    /// New, or known and not yet complete: its upload is to be followed.
    case following
    /// It was uploaded before and its content has changed since: its upload is to be followed again; a running job
    /// with this id was cancelled and its worker is to be stopped.
    case replaced(cancelledJob: String?)
    /// It was uploaded before; size and name are the same, inode or modification time are not. Nothing was written: the
    /// content decides. Report a hold (`refreshIdentity`) or record the examined sighting.
    case doubtful(ContentFingerprint)
    /// A new path for a file that is known under another one. Nothing was written: whether the old path is gone
    /// decides. Report a move (`recordMoved`) or record the examined sighting.
    case resembles([KnownTwin])
}

/// A row that may be the same file under its former name.
public struct KnownTwin: Sendable, Hashable {
    public let videoID: String
    public let location: OriginalLocation
    public let identity: FileIdentity
    /// `nil` where the upload was not complete.
    public let fingerprint: ContentFingerprint?

    public init(
        videoID: String, location: OriginalLocation, identity: FileIdentity, fingerprint: ContentFingerprint?
    ) {
        self.videoID = videoID
        self.location = location
        self.identity = identity
        self.fingerprint = fingerprint
    }
}
