import Domain
import SystemPackage

/// One rename of a finished file to its final name.
struct Publication {
    let file: TemporaryFile
    let path: FilePath
    let replaceable: PublishedFile?

    /// Renames and syncs the directory. A sync that fails leaves the file at its final name: the caller's recorded
    /// intent says whose it is.
    func perform(in folders: OutputFolders) throws(Failure) {
        guard let name = path.fileName, let temporaryName = file.path.fileName,
            path.removingLastComponent() == file.path.removingLastComponent()
        else {
            throw Failure(.ioError, "'\(PathText.encode(path.bytes))' is not beside its temporary file.")
        }
        let directory = try folders.open(path.removingLastComponent(), creating: false)
        try checkTemporary(temporaryName, in: directory)
        switch try directory.entry(at: name) {
        case .nothing:
            guard try directory.renameWithoutReplacing(temporaryName, to: name) else { throw occupied }
        case .file(let identity):
            guard let replaceable, replaceable.isSameFile(as: identity) else { throw occupied }
            try directory.rename(temporaryName, to: name)
        case .other:
            throw occupied
        }
        try directory.sync()
    }

    /// The name must still be the file that was verified: others may write in this directory.
    private func checkTemporary(_ name: FileName, in directory: borrowing OutputDirectory) throws(Failure) {
        let written: FileIdentity
        do {
            written = try FileStatus.of(file.descriptor.rawValue).identity
        } catch {
            throw Failure(error, to: "look at", file.path)
        }
        guard case .file(let there) = try directory.entry(at: name), there.device == written.device,
            there.inode == written.inode
        else {
            throw Failure(
                .ioError, "'\(PathText.encode(file.path.bytes))' was removed or replaced while it was written.")
        }
    }

    private var occupied: Failure {
        Failure(
            .proxyPathOccupied,
            "'\(PathText.encode(path.bytes))' is a file that Understudy did not make; move it away, then retry.")
    }
}
