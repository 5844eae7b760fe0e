import CLinux
public import Domain
import Glibc
public import SystemPackage

// What can be learned of an original beside its content.
extension OriginalReader {
    public func fingerprint(of original: OpenOriginal) async throws(Failure) -> ContentFingerprint? {
        try await lanes.run { () throws(Failure) -> ContentFingerprint? in
            do throws(Errno) {
                let size = try FileStatus.of(original.descriptor.rawValue).identity.sizeBytes
                guard size == original.identity.sizeBytes else { return nil }
                var content: [UInt8] = []
                for sample in ContentFingerprint.samples(ofSize: size) {
                    let bytes = try Transfer.read(sample.length, at: sample.offset, from: original.descriptor.rawValue)
                    guard bytes.count == sample.length else { return nil }
                    content += bytes
                }
                return ContentFingerprint(sizeBytes: size, content: content)
            } catch {
                throw Failure(error, opening: original.location.path)
            }
        }
    }

    /// Goes down from the root by directories that exist. Where the way ends on another file system than the original's,
    /// that one is not mounted: a bare mount point must not look like a deletion.
    public func presence(of location: OriginalLocation, onDevice device: UInt64) async -> OriginalPresence {
        await lanes.run { () throws(Never) -> OriginalPresence in
            let names = location.path.names(below: location.root) ?? []
            guard !names.isEmpty else { return .absent }
            do throws(Errno) {
                var current = try DirectoryOpening.open(location.root)
                defer { _ = Glibc.close(current) }
                var lastDevice = try FileStatus.of(current).identity.device
                for name in names.dropLast() {
                    let next: Int32
                    do throws(Errno) {
                        next = try DirectoryOpening.open(name, in: current)
                    } catch .noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels {
                        return OriginalReader.loss(of: location, endingOn: lastDevice, expected: device)
                    }
                    _ = Glibc.close(current)
                    current = next
                    lastDevice = try FileStatus.of(current).identity.device
                }
                guard
                    let status = try names.last.flatMap({ (name) throws(Errno) in
                        try FileStatus.of(name, in: current)
                    }), status.isRegular
                else { return OriginalReader.loss(of: location, endingOn: lastDevice, expected: device) }
                return .present(status.identity)
            } catch .noSuchFileOrDirectory {
                return .unreachable(OriginalReader.notMounted(location.root))
            } catch {
                return .unreachable(Failure(error, opening: location.path))
            }
        }
    }

    public func landmarks(of dropFolder: FilePath, below root: FilePath) async -> [Landmark] {
        guard let names = dropFolder == root ? [] : dropFolder.names(below: root) else { return [] }
        return await lanes.run { () throws(Never) -> [Landmark] in
            var landmarks: [Landmark] = []
            do throws(Errno) {
                var current = try DirectoryOpening.open(root)
                defer { _ = Glibc.close(current) }
                var path = root
                if let landmark = try OriginalReader.landmark(path, current) { landmarks.append(landmark) }
                for name in names {
                    let next = try DirectoryOpening.open(name, in: current)
                    _ = Glibc.close(current)
                    current = next
                    path = path.appending(name: name)
                    if let landmark = try OriginalReader.landmark(path, current) { landmarks.append(landmark) }
                }
            } catch {
                // Not there any more: what was found above it still holds.
            }
            return landmarks
        }
    }

    /// - Returns: `nil` where the directory says nothing: the root of every file system of a kind has the same inode.
    private static func landmark(_ path: FilePath, _ descriptor: Int32) throws(Errno) -> Landmark? {
        var (born, isMountRoot): (Int64, Int32) = (0, 0)
        _ = try SystemCall.retrying { unsafe clinux_birth(descriptor, &born, &isMountRoot) }
        guard born != 0 || isMountRoot == 0 else { return nil }
        let identity = try FileStatus.of(descriptor).identity
        return Landmark(path: path, inode: identity.inode, bornNanoseconds: born, device: identity.device)
    }

    private static func loss(
        of location: OriginalLocation, endingOn device: UInt64, expected: UInt64
    ) -> OriginalPresence {
        device == expected ? .absent : .unreachable(notMounted(location.path))
    }

    private static func notMounted(_ path: FilePath) -> Failure {
        Failure(
            .mountMissing,
            "The file system of '\(PathText.encode(path.bytes))' is not mounted; mount it and the work goes on.")
    }
}
