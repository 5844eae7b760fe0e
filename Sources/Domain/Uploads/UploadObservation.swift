/// What one look at a candidate showed. Taken on one descriptor.
public struct UploadObservation: Sendable, Hashable {
    public var identity: FileIdentity
    public var writer: WriterState
    public var structure: ContainerStructure
    /// How long ago the file was last modified, by the kernel's clock at the time of the look; never negative.
    public var age: Duration

    public init(identity: FileIdentity, writer: WriterState, structure: ContainerStructure, age: Duration) {
        self.identity = identity
        self.writer = writer
        self.structure = structure
        self.age = age
    }

    public enum WriterState: Sendable, Hashable {
        /// The kernel granted a read lease.
        case free
        /// Somebody has the file open for writing.
        case busy
        /// The file system or our rights do not let us ask.
        case unknown
    }
}

/// What the container's own structure says about its end.
public enum ContainerStructure: Sendable, Hashable {
    case whole
    /// `missingBytes` is `nil` where the container does not tell how much.
    case cutShort(missingBytes: Int64?)
    case cannotTell
}
