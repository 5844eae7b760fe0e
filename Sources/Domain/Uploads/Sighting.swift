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
}
