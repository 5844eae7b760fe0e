public import Domain
public import SystemPackage

// Published files that follow their originals.
extension ProxyFolder {
    public func move(
        _ file: PublishedFile, from path: FilePath, to newPath: FilePath
    ) async throws(Failure) -> ProxyMove {
        try await lanes.run { () throws(Failure) -> ProxyMove in
            guard let name = path.fileName, let newName = newPath.fileName else {
                throw Failure(.ioError, "'\(PathText.encode(newPath.bytes))' has no file name.")
            }
            // After a crash the file may have been moved already, and its name not be on the disk.
            if try isHere(file, at: newPath) {
                try folders.open(newPath.removingLastComponent(), creating: false).sync()
                try dropFormerName(of: file, at: path)
                return .moved
            }
            guard try isHere(file, at: path) else { return .lost }
            let source = try folders.open(path.removingLastComponent(), creating: false)
            let target = try folders.open(newPath.removingLastComponent(), creating: true)
            guard try source.move(name, to: target, as: newName) else { return .occupied }
            try target.sync()
            try source.sync()
            return .moved
        }
    }

    public func remove(_ file: PublishedFile, at path: FilePath) async throws(Failure) {
        try await lanes.run { () throws(Failure) in
            guard let name = path.fileName, try isHere(file, at: path) else { return }
            let directory = try folders.open(path.removingLastComponent(), creating: false)
            try directory.remove(name)
            try directory.sync()
        }
    }

    /// Where a file system writes the two directories of a rename apart, a power cut may have left both names.
    private func dropFormerName(of file: PublishedFile, at path: FilePath) throws(Failure) {
        // The directory may be gone with its originals.
        guard let name = path.fileName,
            let directory = try? folders.open(path.removingLastComponent(), creating: false)
        else { return }
        // The only name of the inode would be the new one in another spelling, where case does not count.
        if try isHere(file, at: path), try directory.linkCount(of: name) > 1 { try directory.remove(name) }
        try directory.sync()
    }

    private func isHere(_ file: PublishedFile, at path: FilePath) throws(Failure) -> Bool {
        guard let name = path.fileName else { return false }
        let entry: OutputDirectory.Entry
        do throws(Failure) {
            entry = try folders.open(path.removingLastComponent(), creating: false).entry(at: name)
        } catch {
            // A directory that is not there holds nothing; of one that cannot be looked into nothing is known.
            guard error.detail == "errno \(Errno.noSuchFileOrDirectory.rawValue)" else { throw error }
            return false
        }
        guard case .file(let identity) = entry else { return false }
        return file.isSameFile(as: identity)
    }
}
