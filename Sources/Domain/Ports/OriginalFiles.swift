public import SystemPackage

/// Originals, opened for reading only.
public protocol OriginalFiles: Sendable {
    /// Opens an original beneath its root, following no symbolic link, and without waiting for anybody.
    func open(_ location: OriginalLocation) async throws(Failure) -> OpenOriginal
    /// What the descriptor says now.
    func identity(of original: OpenOriginal) async throws(Failure) -> FileIdentity
    /// What the path says now; `nil` where nothing is there.
    func identity(at location: OriginalLocation) async throws(Failure) -> FileIdentity?
    func close(_ original: OpenOriginal) async
}

/// An original's descriptor and what it was at the time of opening.
public struct OpenOriginal: Sendable, Hashable {
    public let location: OriginalLocation
    public let descriptor: FileDescriptor
    public let identity: FileIdentity

    public init(location: OriginalLocation, descriptor: FileDescriptor, identity: FileIdentity) {
        self.location = location
        self.descriptor = descriptor
        self.identity = identity
    }
}

/// Looks at candidates.
public protocol UploadProbe: Sendable {
    func probe(_ location: OriginalLocation) async -> UploadProbeOutcome
}
