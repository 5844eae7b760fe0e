import Glibc
import SystemPackage
import TestSupport
import Testing

/// Whom results belong to.
@Suite(.serialized, .enabled(if: Privileges.isRoot, "only root can give files away"))
struct OwnershipTests {
    private func expectResults(_ fixture: DaemonFixture, _ names: [String], user: UInt32, group: UInt32) throws {
        for name in names {
            let status = try ByteFile.status(fixture.path(name))
            #expect(status.st_uid == user && status.st_gid == group, Comment(rawValue: name))
        }
    }

    @Test func resultsHaveTheGroupThatTheirDirectoryImplies() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            try fixture.makeDirectory(fixture.path("cam/proxy"))
            try await Command.output("chgrp", ["4242", fixture.path("cam/proxy").string])
            try ByteFile.setMode(fixture.path("cam/proxy"), 0o2775)
            let result = try await fixture.once()
            #expect(result.status == 0, Comment(rawValue: result.errors))
            try expectResults(fixture, ["cam/proxy/clip.mp4", "cam/proxy/clip.mp4.json"], user: 0, group: 4242)
            let mask = umask(0)
            _ = umask(mask)
            for name in ["clip.mp4", "clip.mp4.json"] {
                #expect(try ByteFile.status(fixture.path("cam/proxy/\(name)")).st_mode & 0o7777 == 0o666 & ~mask)
            }
        }
    }

    /// Beside a drop folder, below the root, and beside a root that is itself a drop folder.
    @Test func resultsAndTheirDirectoriesGetTheConfiguredOwner() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/day/clip.mp4")
            let result = try await fixture.once(TestConfiguration(watchLines: "owner = 4243\ngroup = 4242"))
            #expect(result.status == 0, Comment(rawValue: result.errors))
            let names = ["", "/day", "/day/clip.mp4", "/day/clip.mp4.json"].map { "cam/proxy\($0)" }
            try expectResults(fixture, names, user: 4243, group: 4242)
            try expectResults(fixture, ["cam", "cam/original/day/clip.mp4"], user: 0, group: 0)
            let mask = umask(0)
            _ = umask(mask)
            #expect(try ByteFile.status(fixture.path(names[2])).st_mode & 0o7777 == 0o666 & ~mask)
        }
    }

    @Test func mirrorBesideADropFolderThatIsTheRootGetsTheOwnerToo() async throws {
        try await DaemonFixture.with { fixture in
            let dropFolder = try await fixture.put(.tiny, at: "cam/original/clip.mp4").removingLastComponent()
            let configuration = try fixture.tree.file(
                "own.toml",
                Array("[daemon]\nmin_free_space = \"1 MiB\"\n[[watch]]\nroot = \"\(dropFolder)\"\ngroup = 4242\n".utf8))
            let result = try await fixture.understudy([
                "once", dropFolder.string, "--config", configuration.string, "--state-dir",
                fixture.stateDirectory.string,
            ])
            #expect(result.status == 0, Comment(rawValue: result.errors))
            try expectResults(
                fixture, ["cam/proxy", "cam/proxy/clip.mp4", "cam/proxy/clip.mp4.json"], user: 0, group: 4242)
        }
    }

    /// Root without CAP_CHOWN: as in a container that does not grant it.
    @Test func ownerThatCannotBeGivenIsToldByCheckAndRefusedAtTheStart() async throws {
        try await DaemonFixture.with { fixture in
            try await fixture.put(.tiny, at: "cam/original/clip.mp4")
            let file = try fixture.write(TestConfiguration(watchLines: "owner = 4243"))
            func withoutRight(_ words: [String]) async throws -> CommandResult {
                try await Command.run(
                    "setpriv",
                    ["--bounding-set", "-chown", Programs.understudy.string] + words + [
                        "--config", file.string, "--state-dir", fixture.stateDirectory.string,
                    ], environment: ["UNDERSTUDY_WORKER": Programs.worker.string])
            }
            let check = try await withoutRight(["check"])
            let line = try #require(check.output.split(separator: "\n").first { $0.contains("cannot be given") })
            #expect(check.status == 1 && line.hasPrefix("problem") && line.contains("user 4243"))
            let start = try await withoutRight(["once", fixture.root.string])
            #expect(start.status == 78 && start.errors.contains("remove owner and group"))
            #expect(!ByteFile.exists(fixture.path("cam/proxy")))
        }
    }
}
