public import Domain
import Glibc
public import SystemPackage

/// Files that appear whole or not at all.
public enum AtomicFile {
    /// Writes `bytes` to a temporary name beside `path`, syncs, renames and syncs the directory: a reader sees the old
    /// content or the new, also after a power cut. Replaces whatever file is there.
    ///
    /// - Parameter temporaryName: nobody else's at the same time; a file left there by a crash is removed.
    public static func write(
        _ bytes: [UInt8], to path: FilePath, temporaryName: FileName, in folders: OutputFolders = OutputFolders()
    ) throws(Failure) {
        guard let name = path.fileName else {
            throw Failure(.ioError, "'\(PathText.encode(path.bytes))' names no file.")
        }
        let directory = try folders.open(path.removingLastComponent(), creating: true)
        try directory.writeAtomically(bytes, to: name, temporaryName: temporaryName)
    }
}

extension AtomicFile {
    /// Replaces a file that is worth nothing after a power cut, in a directory that must be there.
    public static func writeLightly(
        _ bytes: [UInt8], to path: FilePath, temporaryName: FileName
    ) throws(Failure) {
        guard let name = path.fileName else {
            throw Failure(.ioError, "'\(PathText.encode(path.bytes))' names no file.")
        }
        let directory = path.removingLastComponent()
        try OutputFolders(roots: [directory]).open(directory, creating: false)
            .writeAtomically(bytes, to: name, temporaryName: temporaryName, durably: false)
    }
}

extension OutputDirectory {
    /// See `AtomicFile.write`.
    ///
    /// - Parameter durably: whether the content is to outlive a power cut; where not, no disk is waited for.
    public func writeAtomically(
        _ bytes: [UInt8], to name: FileName, temporaryName: FileName, durably: Bool = true
    ) throws(Failure) {
        // Looked at first: on a read-only file system the removal of nothing fails, and would be the error to be told.
        if try entry(at: temporaryName) != .nothing { try remove(temporaryName) }
        let file = try create(temporaryName)
        do {
            defer { _ = Glibc.close(file.rawValue) }
            try Transfer.writeAll(bytes, to: file.rawValue)
            try FinalMode.apply(to: file.rawValue)
            try ownership.apply(to: file.rawValue)
            if durably { try SystemCall.once { fsync(file.rawValue) } }
        } catch {
            // The write's own error is the one to report; what is left is found by the next start.
            try? remove(temporaryName)
            throw Failure(error, to: "write", path.appending(name: name))
        }
        do {
            try rename(temporaryName, to: name)
        } catch {
            // As above: the rename's error is the one to report.
            try? remove(temporaryName)
            throw error
        }
        if durably { try sync() }
    }
}
