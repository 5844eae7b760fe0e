/// What one look at a candidate showed. Taken on one descriptor.
public struct UploadObservation: Sendable, Hashable {
    public var identity: FileIdentity
    public var writer: WriterState
    public var structure: ContainerStructure
    /// How long ago the file was last modified, by the kernel's clock at the time of the look; never negative.
    public var age: Duration
    public var holes: HoleState
    /// Whether the kernel's NFS server runs: it closes its clients' files between their writes, and gives them up when
    /// a lease is asked for (fs/nfsd/filecache.c, `nfsd_file_lease_notifier_call`), so that a lease does not show them.
    public var isNFSServerRunning: Bool
    /// Whether the uploader itself marks the file as unfinished: a temporary name, or Finder's busy mark.
    public var isMarkedUnfinished: Bool

    public init(
        identity: FileIdentity, writer: WriterState, structure: ContainerStructure, age: Duration,
        holes: HoleState = .unknown, isNFSServerRunning: Bool = false, isMarkedUnfinished: Bool = false
    ) {
        self.identity = identity
        self.writer = writer
        self.structure = structure
        self.age = age
        self.holes = holes
        self.isNFSServerRunning = isNFSServerRunning
        self.isMarkedUnfinished = isMarkedUnfinished
    }

    public enum WriterState: Sendable, Hashable {
        /// The kernel granted a read lease.
        case free
        /// Somebody has the file open for writing.
        case busy
        /// The file system or our rights do not let us ask.
        case unknown
    }

    /// Whether parts of the file were never written (lseek(2), SEEK_HOLE).
    public enum HoleState: Sendable, Hashable {
        case none
        case found
        /// The file system does not say, or was not asked.
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
