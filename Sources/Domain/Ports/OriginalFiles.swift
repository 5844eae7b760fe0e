public import SystemPackage

/// Originals, opened for reading only.
public protocol OriginalFiles: Sendable {
    /// Opens an original beneath its root, following no symbolic link, and without waiting for anybody.
    func open(_ location: OriginalLocation) async throws(Failure) -> OpenOriginal
    /// What the descriptor says now.
    func identity(of original: OpenOriginal) async throws(Failure) -> FileIdentity
    /// What the path says now; `nil` where nothing is there.
    func identity(at location: OriginalLocation) async throws(Failure) -> FileIdentity?
    /// Reads samples of the content; `nil` where the file has another size by now.
    func fingerprint(of original: OpenOriginal) async throws(Failure) -> ContentFingerprint?
    /// Whether the original is there, or would be if its file system were.
    /// - Parameter device: of the file system that the original lay on.
    func presence(of location: OriginalLocation, onDevice device: UInt64) async -> OriginalPresence
    /// The directories from a root down to a drop folder, as far as they tell one file system from another.
    func landmarks(of dropFolder: FilePath, below root: FilePath) async -> [Landmark]
    func close(_ original: OpenOriginal) async
}

/// A directory by which a file system is known again under another device number: at the same path the same inode, made
/// at the same time. The directory at a bare mount point is another one.
public struct Landmark: Sendable, Hashable {
    public var path: FilePath
    public var inode: UInt64
    /// When the inode was made, in nanoseconds since 1970; 0 where the file system does not say.
    public var bornNanoseconds: Int64
    public var device: UInt64

    public init(path: FilePath, inode: UInt64, bornNanoseconds: Int64, device: UInt64) {
        self.path = path
        self.inode = inode
        self.bornNanoseconds = bornNanoseconds
        self.device = device
    }
}

/// What can be told of a path that should name an original.
public enum OriginalPresence: Sendable, Hashable {
    case present(FileIdentity)
    /// Its file system is there, and it is not.
    case absent
    /// Its file system is not there, or does not answer: nothing can be told.
    case unreachable(Failure)
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

extension OriginalFiles {
    /// The fingerprint of the file that lies at a path now; `nil` where it is not (or no longer) the one with this
    /// identity, or cannot be read.
    public func fingerprint(at location: OriginalLocation, of identity: FileIdentity) async -> ContentFingerprint? {
        do throws(Failure) {
            let original = try await open(location)
            guard original.identity.hasSameContent(as: identity) else {
                await close(original)
                return nil
            }
            let fingerprint: ContentFingerprint?
            do throws(Failure) { fingerprint = try await self.fingerprint(of: original) } catch { fingerprint = nil }
            let isSteady = (try? await self.identity(of: original))?.hasSameContent(as: identity) ?? false
            await close(original)
            return isSteady ? fingerprint : nil
        } catch {
            return nil  // A file that cannot be opened has no fingerprint; whoever needs its content says why.
        }
    }
}

/// Looks at candidates.
public protocol UploadProbe: Sendable {
    func probe(_ location: OriginalLocation) async -> UploadProbeOutcome
}
