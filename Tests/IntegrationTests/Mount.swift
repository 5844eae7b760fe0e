import Foundation
import SystemPackage
import TestSupport

/// A memory file system of one test.
enum Mount {
    static func with(_ place: FilePath, options: String, _ body: () async throws -> Void) async throws {
        try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
        try await Command.output("mount", ["-t", "tmpfs", "-o", options, "tmpfs", place.string])
        do {
            try await body()
        } catch {
            // Lazily: the daemon may still be there. The test's own error is the one to tell.
            _ = try? await Command.run("umount", ["-l", place.string])
            throw error
        }
        try await Command.output("umount", [place.string])
    }
}
