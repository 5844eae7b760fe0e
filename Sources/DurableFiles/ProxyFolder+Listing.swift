public import Domain
import Glibc
public import SystemPackage

// What lies in the mirrors, for `doctor`.
extension ProxyFolder {
    /// A regular file in a mirror.
    public struct ListedFile: Sendable, Hashable {
        public let path: FilePath
        public let identity: FileIdentity
    }

    /// All regular files in the tree below a directory that satisfy a condition; of a tree that is not there, none.
    /// Symbolic links are not followed and mounts not crossed.
    public func files(
        below directory: FilePath, where isWanted: @escaping @Sendable (FileName) -> Bool
    ) async -> [ListedFile] {
        await lanes.run { () throws(Never) in
            // What is not there, or cannot be opened, has nothing to list.
            guard let top = try? folders.open(directory, creating: false) else { return [] }
            var found: [ListedFile] = []
            DirectoryEntries.visitFiles(below: top.descriptor) { _, way, name, identity in
                guard isWanted(name) else { return }
                let parent = way.reduce(directory) { $0.appending(name: $1) }
                found.append(ListedFile(path: parent.appending(name: name), identity: identity))
            }
            return found
        }
    }

    /// Removes a temporary file of ours by its path; whatever has another kind of name is left alone.
    /// - Returns: whether it was there and is gone.
    public func removeTemporary(at path: FilePath) async throws(Failure) -> Bool {
        try await lanes.run { () throws(Failure) in
            guard let name = path.fileName, name.hasPrefix(ProxyNaming.temporaryPrefix) else { return false }
            let directory = try folders.open(path.removingLastComponent(), creating: false)
            guard case .file = try directory.entry(at: name) else { return false }
            try directory.remove(name)
            try directory.sync()
            return true
        }
    }
}
