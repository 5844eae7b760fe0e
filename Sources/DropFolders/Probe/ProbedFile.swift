import CLinux
import Domain
import Glibc
import SystemPackage

// openat2(2) takes its path by a pointer: the reason for `unsafe` in this file.

/// An original, opened for reading beneath its root. Owns its descriptor.
struct ProbedFile: ~Copyable {
    /// Why there is no descriptor.
    enum Refusal: Error, Hashable {
        case gone
        case notRegular
        /// Somebody holds a write lease (open(2), EWOULDBLOCK), or a rename raced with us: look again.
        case busy(FileIdentity)
        case failed(Errno)
    }

    let descriptor: FileDescriptor

    deinit { try? descriptor.close() }  // Nothing can be done about a failed close of a file that was only read.

    /// Opens without following links, waiting for anybody, becoming a terminal's owner, or touching a device.
    static func open(_ location: OriginalLocation) throws(Refusal) -> ProbedFile {
        let root: FileDescriptor
        do {
            root = try FileDescriptor.open(location.root, .readOnly, options: [.directory, .closeOnExec])
        } catch {
            throw refusal(error as? Errno ?? .ioError)
        }
        defer { try? root.close() }  // It was only a starting point.
        // First a look that opens nothing: opening a device or a pipe can have effects (open(2), O_PATH).
        let path = relativePath(of: location)
        let identity: FileIdentity
        do {
            let place = try openBeneath(root, path, flags: pathOnly | O_NOFOLLOW | O_CLOEXEC)
            defer { try? place.close() }  // As above.
            let status = try FileStatus.of(place)
            guard status.kind == .regular else { throw Refusal.notRegular }
            identity = status.identity
        } catch let error as Errno {
            throw error == .resourceTemporarilyUnavailable ? .failed(.interrupted) : refusal(error)
        } catch {
            throw error as? Refusal ?? .failed(.ioError)
        }
        do throws(Errno) {
            let flags = O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY
            return ProbedFile(descriptor: try openBeneath(root, path, flags: flags))
        } catch {
            throw error == .wouldBlock ? .busy(identity) : refusal(error)
        }
    }

    func status() throws(Errno) -> FileStatus { try FileStatus.of(descriptor) }

    /// Whether a writer has the file open, by taking a read lease and giving it back at once: a lease that is held
    /// would stall the uploader (fcntl(2), "Leases").
    func writer() -> UploadObservation.WriterState {
        guard clinux_take_read_lease(descriptor.rawValue) == 0 else { return errno == EAGAIN ? .busy : .unknown }
        _ = clinux_release_lease(descriptor.rawValue)
        return .free
    }

    /// Whether leases of its file system can be believed.
    var hasTrustedLeases: Bool { FileSystemKind(of: descriptor)?.hasTrustedLeases ?? false }

    /// Whether parts within `size` were never written (lseek(2), SEEK_HOLE): preallocated, or sparse on purpose. Sees
    /// them where the allocated blocks do not: blocks of fallocate(2) count as allocated.
    func holes(within size: Int64) -> UploadObservation.HoleState {
        let hole = clinux_seek_hole(descriptor.rawValue, 0)
        guard hole >= 0 else { return .unknown }
        return hole < size ? .found : .none
    }

    /// An extended attribute's first 4 KiB; `nil` where there is none.
    func extendedAttribute(_ name: StaticString) -> [UInt8]? {
        var value = [UInt8](repeating: 0, count: 4096)
        let count = unsafe value.withUnsafeMutableBytes { buffer in
            name.withUTF8Buffer { text in
                unsafe text.withMemoryRebound(to: CChar.self) { text in
                    unsafe clinux_extended_attribute(
                        descriptor.rawValue, text.baseAddress, buffer.baseAddress, buffer.count)
                }
            }
        }
        return count < 0 ? nil : Array(value[..<count])
    }

    /// The first 4 KiB of a regular file beside an original; `nil` where there is none, or it cannot be read.
    static func head(ofNeighbour name: FileName, of location: OriginalLocation) -> [UInt8]? {
        let neighbour = OriginalLocation(
            root: location.root, dropFolder: location.dropFolder,
            path: location.path.removingLastComponent().appending(name: name))
        // Whatever is wrong with it: it says nothing then.
        guard let file = try? ProbedFile.open(neighbour), (try? file.status().kind) == .regular else { return nil }
        return DescriptorBytes(descriptor: file.descriptor, sizeBytes: 4096).read(at: 0, count: 4096)
    }

    private static let pathOnly: Int32 = 0o10_000_000  // O_PATH (bits/fcntl-linux.h), hidden without _GNU_SOURCE.

    private static func relativePath(of location: OriginalLocation) -> FilePath {
        let names = location.path.names(below: location.root) ?? []
        return FilePath(bytes: Array(names.map(\.bytes).joined(separator: [UInt8(ascii: "/")])))
    }

    private static func openBeneath(_ root: FileDescriptor, _ path: FilePath, flags: Int32) throws(Errno)
        -> FileDescriptor
    {
        let resolve = CLINUX_RESOLVE_BENEATH | CLINUX_RESOLVE_NO_SYMLINKS | CLINUX_RESOLVE_NO_MAGICLINKS
        while true {
            let number = unsafe path.withPlatformString { text in
                unsafe clinux_openat2(root.rawValue, text, flags, 0, resolve)
            }
            if number >= 0 { return FileDescriptor(rawValue: number) }
            switch errno {
            case EINTR: continue
            // No openat2 before Linux 5.6, nor below `RestrictSUIDSGID=` (systemd.exec(5)), whose filter cannot look at
            // its flags; old filters answer EPERM for what they do not know.
            case ENOSYS, EPERM: return try openByComponents(root, path, flags: flags)
            default: throw Errno(rawValue: errno)
            }
        }
    }

    /// The same, with a call for each directory: none of them may be a symbolic link or `..`.
    static func openByComponents(_ root: FileDescriptor, _ path: FilePath, flags: Int32) throws(Errno)
        -> FileDescriptor
    {
        var current = root
        defer { if current != root { _ = close(current.rawValue) } }
        var names = Array(path.components)
        guard let last = names.popLast(), !path.components.contains("..") else { throw .improperLink }
        for name in names {
            let next = try openComponent(name, in: current, flags: O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            if current != root { _ = close(current.rawValue) }
            current = next
        }
        return try openComponent(last, in: current, flags: flags)
    }

    private static func openComponent(
        _ name: FilePath.Component, in directory: FileDescriptor, flags: Int32
    ) throws(Errno) -> FileDescriptor {
        while true {
            let number = unsafe name.withPlatformString { unsafe openat(directory.rawValue, $0, flags | O_NOFOLLOW) }
            if number >= 0 { return FileDescriptor(rawValue: number) }
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
    }

    private static func refusal(_ error: Errno) -> Refusal {
        switch error {
        case .noSuchFileOrDirectory, .notDirectory: .gone
        // ENXIO and ENODEV: a socket, or a device without a driver. EXDEV: the path leaves the root.
        case .tooManySymbolicLinkLevels, .noSuchAddressOrDevice, .operationNotSupportedByDevice, .improperLink,
            .isDirectory:
            .notRegular
        default: .failed(error)
        }
    }
}
