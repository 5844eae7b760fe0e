import Foundation
public import SystemPackage

/// A directory of its own for one test.
public struct TemporaryTree: Sendable {
    public let path: FilePath

    /// - Parameter nameLength: makes the directory's name at least this long.
    public static func make(nameLength: Int = 0) throws -> TemporaryTree {
        let unique = "understudy-test-\(UUID().uuidString.prefix(8))"
        let name = unique + String(repeating: "x", count: max(0, nameLength - unique.count))
        let path = FilePath(FileManager.default.temporaryDirectory.path).appending(name)
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
        return TemporaryTree(path: path)
    }

    /// Creates a directory, with its parents.
    @discardableResult
    public func directory(_ relative: String) throws -> FilePath {
        let directory = path.appending(FilePath(relative).components)
        try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
        return directory
    }

    /// Writes a file, with its parent directories.
    @discardableResult
    public func file(_ relative: String, _ bytes: some Sequence<UInt8>) throws -> FilePath {
        let file = path.appending(FilePath(relative).components)
        try FileManager.default.createDirectory(
            atPath: file.removingLastComponent().string, withIntermediateDirectories: true)
        try Data(bytes).write(to: URL(fileURLWithPath: file.string))
        return file
    }

    public func remove() {
        // What a test leaves in the temporary directory does no harm.
        try? FileManager.default.removeItem(atPath: path.string)
    }
}
