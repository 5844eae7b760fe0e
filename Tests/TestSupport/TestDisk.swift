import Foundation
import Synchronization
public import SystemPackage

/// An ext4 disk in a file, which a test mounts and unmounts like a NAS that comes and goes. Needs root.
public final class TestDisk: Sendable {
    public let place: FilePath
    private let image: FilePath
    private let state = Mutex(State())

    private struct State {
        var device: String?
        /// Devices that only keep their numbers from being given again.
        var decoys: [String] = []
    }

    /// Gives a test a mounted disk, and takes it away in any case.
    public static func with(
        at place: FilePath, in tree: TemporaryTree, _ body: (TestDisk) async throws -> Void
    ) async throws {
        try FileManager.default.createDirectory(atPath: place.string, withIntermediateDirectories: true)
        let image = try tree.file("disk.ext4", [])
        try await Command.output("truncate", ["-s", "48M", image.string])
        try await Command.output("mkfs.ext4", ["-q", image.string])
        let disk = TestDisk(image: image, place: place)
        do {
            try await disk.mount()
            try await body(disk)
        } catch {
            await disk.takeAway()
            throw error
        }
        await disk.takeAway()
    }

    private init(image: FilePath, place: FilePath) {
        self.image = image
        self.place = place
    }

    public func mount() async throws {
        let device = try await attach(image)
        state.withLock { $0.device = device }
        try await Command.output("mount", [device, place.string])
    }

    /// - Parameters:
    ///   - isLazy: takes the name away even while somebody has a file open (umount(8), `-l`).
    ///   - renumbering: whether the next mount shows another device number, as network mounts do each time.
    public func unmount(isLazy: Bool = false, renumbering: Bool = false) async throws {
        var result: CommandResult?
        // Somebody who looks at a file at this moment keeps the disk busy for that long.
        let isDone = try await eventually {
            result = try await Command.run("umount", (isLazy ? ["-l"] : []) + [place.string])
            return result?.status == 0
        }
        guard isDone else { throw FixtureError("umount: \(result?.errors ?? "")") }
        guard let device = state.withLock({ $0.device }) else { return }
        try await Command.output("losetup", ["-d", device])
        guard renumbering else { return }
        // The lowest free number is given: it must not be the former one.
        let decoy = image.removingLastComponent().appending("decoy.ext4")
        try await Command.output("truncate", ["-s", "1M", decoy.string])
        let taken = try await attach(decoy)
        state.withLock { $0.decoys.append(taken) }
    }

    private func attach(_ file: FilePath) async throws -> String {
        try await Command.output("losetup", ["--find", "--show", file.string]).trimmingCharacters(
            in: .whitespacesAndNewlines)
    }

    private func takeAway() async {
        // Whatever is left of it: the test's own error, or its success, is what counts.
        _ = try? await Command.run("umount", ["-l", place.string])
        for device in state.withLock({ $0.decoys + [$0.device].compactMap { $0 } }) {
            _ = try? await Command.run("losetup", ["-d", device])
        }
    }
}
