import Foundation
import SystemPackage
import TestSupport
import Testing

/// What is installed beside the programs: the unit, the pages, the completions, and what the README tells people to type.
@Suite(.serialized) struct PackageTests {
    private static func script(_ name: String) -> String { Programs.package.appending("scripts/\(name)").string }

    @Test func unitIsWithoutFaultAndExposesLittle() async throws {
        let result = try await Command.run(Self.script("check-unit"), [])
        #expect(result.status == 0, Comment(rawValue: result.errors))
        #expect(result.output.contains("exposure 0.5 SAFE") || result.output.contains(/exposure 0\.[0-4] SAFE/))
    }

    @Test func exampleManualPagesCompletionsAndReadmeSayWhatTheProgramSays() async throws {
        let result = try await Command.run(Self.script("generate-docs"), [Programs.directory.string, "--check"])
        #expect(result.status == 0, Comment(rawValue: result.errors))
    }

    @Test(arguments: ["understudy.1", "understudy.toml.5", "understudy-sidecar.5"])
    func manualPageIsWellFormed(_ name: String) async throws {
        let page = Programs.package.appending("man/\(name)").string
        let result = try await Command.run(
            "man", ["--warnings", "--local-file", page], environment: ["LC_ALL": "C.UTF-8"])
        #expect(result.status == 0 && result.errors.isEmpty, Comment(rawValue: result.errors))
        for heading in ["NAME", "DESCRIPTION", "SEE ALSO"] { #expect(result.output.contains(heading)) }
        #expect(!result.output.contains("@"))
    }

    @Test(arguments: ["understudy.bash"])
    func completionsAreSound(_ name: String) async throws {
        let file = Programs.package.appending("completions/\(name)").string
        let result = try await Command.run("bash", ["-n", file])
        #expect(result.status == 0 && result.errors.isEmpty, Comment(rawValue: result.errors))
    }

    @Test func changelogOfThePackageNamesTheProgramsVersion() async throws {
        let version = try await Command.output(Programs.understudy.string, ["--version"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let changelog = try ByteFile.read(Programs.package.appending("packaging/debian/changelog"))
        #expect(String(decoding: changelog, as: UTF8.self).hasPrefix("understudy (\(version)-"))
    }

    @Test(arguments: ["/usr", "/usr/local", "/opt/understudy"])
    func installedProgramFindsItsWorkerAndNothingLiesElsewhere(prefix: String) async throws {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let destination = tree.path.appending("destination")
        let result = try await Command.run(
            Self.script("install"), [Programs.directory.string, destination.string, prefix])
        #expect(result.status == 0, Comment(rawValue: result.errors))

        let clip = try tree.file("clip.mp4", try await GeneratedMedia.tiny.bytes).string
        // A debug build's runtime is found beside it no more.
        let runtime = try await Command.output("ldd", [Programs.understudy.string])
            .firstMatch(of: /libswiftCore\.so => (\S*)\/libswiftCore/)?.1
        let probe = try await Command.run(
            destination.string + prefix + "/bin/understudy", ["probe", clip],
            environment: runtime.map { ["LD_LIBRARY_PATH": String($0)] } ?? [:])
        #expect(probe.status == 0, Comment(rawValue: probe.errors))

        let places = try ByteFile.all(below: destination).map(\.string)
        #expect(places.contains("etc/understudy/understudy.toml"))
        let others = places.filter { !"/\($0)".hasPrefix(prefix + "/") && !$0.hasPrefix("etc/") }
        #expect(others.isEmpty, Comment(rawValue: "\(others)"))
        let units = places.filter { $0.hasSuffix("systemd/system/understudy.service") }
        let unit = String(
            decoding: try ByteFile.read(destination.appending(try #require(units.first))), as: UTF8.self)
        #expect(units.count == 1 && unit.contains("ExecStart=\(prefix)/bin/understudy serve"))
        #expect(!unit.contains("@PREFIX@"))
    }

    /// The tour, word for word but for its places, and for a wait until the proxy is there.
    @Test func tourOfTheReadmeDoesWhatItSays() async throws {
        try await DaemonFixture.with { fixture in
            let readme = String(decoding: try ByteFile.read(Programs.package.appending("README.md")), as: UTF8.self)
            let tour = try #require(readme.components(separatedBy: "## A short tour\n\n```sh\n").last)
                .components(separatedBy: "```")[0]
            #expect(tour.contains("understudy serve") && tour.contains("ls /srv/nas/cam1/proxy/"))
            let nas = fixture.path("nas").string
            _ = try await fixture.put(.camera, at: "clip.MOV")
            let wait =
                "for i in $(seq 600); do grep -q '\"completed\"' \(nas)/cam1/proxy/clip.MOV.json && break; sleep 0.1; done"
            let script = tour.replacing("ls /srv/nas", with: "\(wait)\nls /srv/nas")
                .replacing("/srv/nas", with: nas).replacing("/var/lib/understudy", with: fixture.stateDirectory.string)
            let result = try await Command.run(
                "bash", ["-ec", "cd '\(fixture.root)'\ntrap 'kill %1; wait' EXIT\nset -m\n\(script)"],
                environment: ["PATH": "\(Programs.directory):/usr/bin:/bin"])
            #expect(result.status == 0, Comment(rawValue: result.errors))
            #expect(result.output.contains("clip.MOV.json\nclip.mp4"), Comment(rawValue: result.output))
            #expect(result.output.contains("completed   \(nas)/cam1/original/clip.MOV  -> "))
        }
    }
}
