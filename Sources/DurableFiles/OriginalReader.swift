import CLinux
public import Domain
import Glibc
import SystemPackage

/// Originals on disk, opened for reading only and beneath their root.
///
/// The root is opened as configured; below it no symbolic link, magic link or `..` leads out (openat2(2)).
public struct OriginalReader: OriginalFiles {
    let lanes: BlockingLanes

    public init(lanes: BlockingLanes = BlockingLanes()) { self.lanes = lanes }

    public func open(_ location: OriginalLocation) async throws(Failure) -> OpenOriginal {
        try await lanes.run { () throws(Failure) in
            let flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY
            let descriptor: Int32
            do throws(Errno) {
                descriptor = try OriginalReader.openBeneath(location, flags)
            } catch {
                throw OriginalReader.failure(error, at: location)
            }
            do throws(Errno) {
                let status = try FileStatus.of(descriptor)
                if status.isRegular {
                    return OpenOriginal(
                        location: location, descriptor: FileDescriptor(rawValue: descriptor),
                        identity: status.identity)
                }
            } catch {
                _ = Glibc.close(descriptor)
                throw Failure(error, opening: location.path)
            }
            _ = Glibc.close(descriptor)
            throw Failure(notRegular: location.path)
        }
    }

    public func identity(of original: OpenOriginal) async throws(Failure) -> FileIdentity {
        try await lanes.run { () throws(Failure) in
            do throws(Errno) {
                return try FileStatus.of(original.descriptor.rawValue).identity
            } catch {
                throw Failure(error, opening: original.location.path)
            }
        }
    }

    public func identity(at location: OriginalLocation) async throws(Failure) -> FileIdentity? {
        try await lanes.run { () throws(Failure) -> FileIdentity? in
            do throws(Errno) {
                let place = try OriginalReader.openBeneath(location, OpenFlags.path | O_NOFOLLOW | O_CLOEXEC)
                defer { _ = Glibc.close(place) }
                let status = try FileStatus.of(place)
                return status.isRegular ? status.identity : nil
            } catch .noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels, .improperLink {
                return nil
            } catch {
                throw Failure(error, opening: location.path)
            }
        }
    }

    public func close(_ original: OpenOriginal) async {
        // A descriptor for reading has nothing to lose at its close. Closed on a lane: NFS may wait here.
        await lanes.run { () throws(Never) in _ = Glibc.close(original.descriptor.rawValue) }
    }

    /// The root is the configuration's: where it is not there, its mount is not.
    private static func failure(_ error: Errno, at location: OriginalLocation) -> Failure {
        guard error == .noSuchFileOrDirectory, !directoryExists(location.root) else {
            return Failure(error, opening: location.path)
        }
        return Failure(
            .mountMissing, "The watch root '\(PathText.encode(location.root.bytes))' does not exist; mount it.")
    }

    private static func directoryExists(_ path: FilePath) -> Bool {
        var info = stat()
        return unsafe path.withPlatformString { unsafe stat($0, &info) } == 0
    }

    private static func openBeneath(_ location: OriginalLocation, _ flags: Int32) throws(Errno) -> Int32 {
        let names = location.path.names(below: location.root) ?? []
        guard !names.isEmpty else { throw .noSuchFileOrDirectory }
        let root = try DirectoryOpening.open(location.root)
        defer { _ = Glibc.close(root) }
        let relative = FileName(bytes: Array(names.map(\.bytes).joined(separator: [UInt8(ascii: "/")])))
        let resolve = UInt32(CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS | CLINUX_RESOLVE_NO_MAGICLINKS)
        do {
            return try SystemCall.retrying {
                unsafe relative.withCName { unsafe clinux_openat2(root, $0, flags, 0, resolve) }
            }
        } catch .noFunction, .notPermitted {
            // No openat2 before Linux 5.6, and old system-call filters answer EPERM for what they do not know.
            return try openByComponents(names, from: root, flags)
        }
    }

    static func openByComponents(_ names: [FileName], from root: Int32, _ flags: Int32) throws(Errno) -> Int32 {
        var current = root
        defer { if current != root { _ = Glibc.close(current) } }
        for name in names.dropLast() {
            guard name != FileName("..") else { throw .improperLink }
            let next = try DirectoryOpening.open(name, in: current)
            if current != root { _ = Glibc.close(current) }
            current = next
        }
        guard let last = names.last, last != FileName("..") else { throw .improperLink }
        return try SystemCall.retrying { unsafe last.withCName { unsafe openat(current, $0, flags) } }
    }
}
