public import Domain
import Glibc
public import SystemPackage

/// The files that we write into the mirrors of drop folders.
public struct ProxyFolder: ProxyFiles {
    let folders: OutputFolders
    let lanes: BlockingLanes

    public init(folders: OutputFolders = OutputFolders(), lanes: BlockingLanes = BlockingLanes()) {
        self.folders = folders
        self.lanes = lanes
    }

    public func createTemporary(
        in directory: FilePath, jobID: String, attempt: Int
    ) async throws(Failure) -> TemporaryFile {
        try await lanes.run { () throws(Failure) in
            let folder = try folders.open(directory, creating: true)
            // The random part: an attempt that was given back has the same number as the next one.
            let name = ProxyNaming.temporaryName(jobID: jobID, suffix: "\(attempt)-\(TemporaryMark.newEnding())")
            return TemporaryFile(path: directory.appending(name: name), descriptor: try folder.create(name))
        }
    }

    public func leftTemporary(
        in directory: FilePath, jobID: String, attempt: Int, file: PublishedFile
    ) async throws(Failure) -> TemporaryFile? {
        try await lanes.run { () throws(Failure) in
            let prefix = ProxyNaming.temporaryName(jobID: jobID, suffix: "\(attempt)-").bytes
            let folder = try folders.open(directory, creating: false)
            for name in try folder.names() where name.bytes.starts(with: prefix) {
                guard case .file(let identity) = try folder.entry(at: name), file.isSameFile(as: identity) else {
                    continue
                }
                return TemporaryFile(path: directory.appending(name: name), descriptor: try folder.reopen(name))
            }
            return nil
        }
    }

    public func harden(_ file: TemporaryFile) async throws(Failure) -> FileIdentity {
        try await lanes.run { () throws(Failure) in
            do throws(Errno) {
                try FinalMode.apply(to: file.descriptor.rawValue)
                // Last: the mode is the owner's to change.
                try folders.ownership(of: file.path).apply(to: file.descriptor.rawValue)
                try SystemCall.once { fsync(file.descriptor.rawValue) }
                return try FileStatus.of(file.descriptor.rawValue).identity
            } catch {
                throw Failure(error, to: "sync", file.path)
            }
        }
    }

    public func publish(
        _ file: TemporaryFile, as path: FilePath, replacing replaceable: [PublishedFile]
    ) async throws(Failure) {
        try await lanes.run { () throws(Failure) in
            try Publication(file: file, path: path, replaceable: replaceable).perform(in: folders)
        }
    }

    public func discard(_ file: TemporaryFile) async {
        await lanes.run { () throws(Never) in
            // What cannot be removed now is a stray temporary: the next start removes it.
            try? removeIfOurs(file)
            _ = Glibc.close(file.descriptor.rawValue)
        }
    }

    public func identity(at path: FilePath) async -> FileIdentity? {
        await lanes.run { () throws(Never) in
            // By the port, what cannot be looked at is not there.
            guard let name = path.fileName,
                let entry = try? folders.open(path.removingLastComponent(), creating: false).entry(at: name),
                case .file(let identity) = entry
            else { return nil }
            return identity
        }
    }

    public func syncDirectory(_ directory: FilePath) async throws(Failure) {
        try await lanes.run { () throws(Failure) in try folders.open(directory, creating: false).sync() }
    }

    public func availableBytes(at directory: FilePath) async -> Int64? {
        await lanes.run { () throws(Never) in
            var path = directory
            while true {
                var space = statvfs()
                if unsafe path.withPlatformString({ unsafe statvfs($0, &space) }) == 0 {
                    let bytes = UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize))
                    return bytes.overflow ? .max : Int64(clamping: bytes.partialValue)
                }
                guard errno == ENOENT || errno == ENOTDIR, path.lastComponent != nil else { return nil }
                path = path.removingLastComponent()
            }
        }
    }

    public func removeStrayTemporaries(below directory: FilePath) async -> Int {
        await lanes.run { () throws(Never) in
            // A tree that is not there, or cannot be opened, has nothing that we could remove.
            guard let top = try? folders.open(directory, creating: false) else { return 0 }
            return StrayTemporaries.remove(below: top.descriptor)
        }
    }

    private func removeIfOurs(_ file: TemporaryFile) throws(Failure) {
        guard let name = file.path.fileName else { return }
        let folder = try folders.open(file.path.removingLastComponent(), creating: false)
        guard case .file(let there) = try folder.entry(at: name) else { return }
        do {
            let own = try FileStatus.of(file.descriptor.rawValue).identity
            guard own.device == there.device, own.inode == there.inode else { return }
        } catch {
            throw Failure(error, to: "look at", file.path)
        }
        try folder.remove(name)
    }
}
