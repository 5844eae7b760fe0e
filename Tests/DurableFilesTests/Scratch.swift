import Domain
import FoundationEssentials
import SystemPackage

/// A directory of a test's own, removed at the end.
final class Scratch: Sendable {
    let root: FilePath

    init() throws {
        let path = "\(FileManager.default.temporaryDirectory.path)/understudy-files-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        root = FilePath(path)
    }

    // It is in the system's temporary directory: what cannot be removed goes with the next boot.
    deinit { try? FileManager.default.removeItem(atPath: root.string) }

    func path(_ relative: String) -> FilePath { root.appending(relative) }

    func make(_ relative: String, _ text: String = "") throws {
        let path = path(relative)
        try makeDirectory(path.removingLastComponent())
        try Data(text.utf8).write(to: URL(filePath: path.string))
    }

    func makeDirectory(_ path: FilePath) throws {
        try FileManager.default.createDirectory(atPath: path.string, withIntermediateDirectories: true)
    }

    func link(_ relative: String, to target: FilePath) throws {
        try FileManager.default.createSymbolicLink(
            atPath: path(relative).string, withDestinationPath: target.string)
    }

    func text(_ relative: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path(relative).string)), as: UTF8.self)
    }

    func names(_ relative: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path(relative).string).sorted()
    }

    func location(_ relative: String) -> OriginalLocation {
        OriginalLocation(root: root, dropFolder: root, path: path(relative))
    }
}
