import Domain
import DurableFiles
import Foundation
import LocalSockets
import SystemPackage
import Testing

@testable import Daemon

@Suite struct ConfigurationReaderTests {
    static let file: FilePath = "/etc/understudy/understudy.toml"

    func parse(_ text: String) throws(ConfigurationError) -> Configuration {
        try ConfigurationReader.parse(text, file: Self.file)
    }

    @Test func onlyTheRootHasNoDefault() throws {
        let configuration = try parse("[[watch]]\nroot = \"/srv/nas\"\n")
        let watch = try #require(configuration.watches.first)
        #expect(configuration.stateDirectory == "/var/lib/understudy")
        #expect(configuration.workers == nil)
        #expect(configuration.schedule == nil)
        #expect(configuration.minFreeBytes == 2 << 30)
        #expect(watch.settle == .seconds(10))
        #expect(watch.stallTimeout == .seconds(600))
        #expect(watch.originalDirectory == FileName("original"))
        #expect(watch.proxyDirectory == FileName("proxy"))
        #expect(watch.onOriginalDeleted == .keep)
        #expect(configuration.preset(of: watch) == .review)
    }

    @Test func everyKeyIsTaken() throws {
        let configuration = try parse(
            """
            [daemon]
            state_dir = "/state"
            workers = 3
            min_free_space = "500 MB"
            schedule = ["22:00-06:00", "sat,sun 00:00-24:00"]
            [[watch]]
            root = "/srv/nas/"
            preset = "small"
            original_dir = "incoming"
            proxy_dir = "light"
            proxy_root = "/fast"
            extensions = [".MOV", "mp4"]
            ignore = ["*.LRV"]
            settle = "500ms"
            stall_timeout = "1h"
            poll = "5s"
            on_original_deleted = "delete"
            owner = "root"
            group = 4242
            [presets.small]
            height = 240
            fps = 5
            codec = "h264"
            quality = 30
            audio = "none"
            audio_bitrate = "48k"
            remux = false
            """)
        let watch = try #require(configuration.watches.first)
        #expect(configuration.workers == 3)
        #expect(configuration.schedule?.windows.count == 2)
        #expect(configuration.minFreeBytes == 500_000_000)
        #expect(watch.root == "/srv/nas")
        #expect(watch.extensions == ["mov", "mp4"])
        #expect(watch.ignored.map(\.text) == ["*.LRV"])
        #expect(watch.settle == .milliseconds(500))
        #expect(watch.stallTimeout == .seconds(3600))
        #expect(watch.poll == .every(.seconds(5)))
        #expect(watch.onOriginalDeleted == .delete)
        #expect(watch.proxyRoot == "/fast")
        #expect(watch.ownership == Ownership(user: 0, group: 4242))
        let preset = configuration.preset(of: watch)
        #expect(
            preset
                == Preset(
                    name: "small", height: 240, fps: 5, quality: 30, audio: .none, audioBitrateKbps: 48, remux: false))
    }

    @Test func starTakesEveryFile() throws {
        #expect(try parse("[[watch]]\nroot = \"/a\"\nextensions = [\"*\"]").watches.first?.extensions == nil)
    }

    @Test func metricsAndHooksAreTaken() throws {
        let configuration = try parse(
            """
            [daemon]
            metrics_file = "/var/lib/prometheus/node-exporter/understudy.prom"
            metrics_listen = "127.0.0.1:9840"
            [[watch]]
            root = "/a"
            [hooks]
            on_completed = ["/usr/local/bin/tell", "{original}", "{proxy}"]
            on_failed = []
            webhook = "https://example.org/hook"
            webhook_secret_file = "/etc/understudy/secret"
            timeout = "5s"
            retries = 0
            """)
        #expect(configuration.metricsFile == "/var/lib/prometheus/node-exporter/understudy.prom")
        #expect(configuration.metricsListen?.port == 9840)
        #expect(
            configuration.hooks
                == HookSettings(
                    onCompleted: ["/usr/local/bin/tell", "{original}", "{proxy}"], webhook: "https://example.org/hook",
                    webhookSecretFile: "/etc/understudy/secret", timeout: .seconds(5), retries: 0))
    }

    /// Text, and what the error must say after the file's name.
    @Test(arguments: [
        (
            "[hooks]\non_complete = [\"/a\"]\n[[watch]]\nroot = \"/a\"",
            ":2: hooks.on_complete: unknown key; did you mean \"on_completed\"?"
        ),
        (
            "[[watch]]\nroot = \"/a\"\n[hooks]\non_failed = [\"tell\"]",
            ":4: hooks.on_failed: expected the absolute path of a program first (no shell reads the list), found \"tell\""
        ),
        (
            "[[watch]]\nroot = \"/a\"\n[hooks]\non_failed = [\"/tell\", \"{orignal}\"]",
            ":4: hooks.on_failed: unknown placeholder \"{orignal}\"; did you mean \"{original}\"?"
        ),
        (
            "[daemon]\nmetrics_listen = \"0.0.0.0:9840\"\n[[watch]]\nroot = \"/a\"",
            ":2: daemon.metrics_listen: expected a loopback address with a port, such as \"127.0.0.1:9840\" or"
                + " \"[::1]:9840\", found \"0.0.0.0:9840\"; for other machines put a proxy in front"
        ),
        ("[[watch]]\nroot = \"/a\"\nsetle = \"10s\"", ":3: watch[1].setle: unknown key; did you mean \"settle\"?"),
        ("[[watch]]\nroot = \"relative\"", ":2: watch[1].root: expected an absolute path (from /), found \"relative\""),
        (
            "[[watch]]\npreset = \"review\"",
            ": watch[1].root: missing; the directory whose original/ directories are to be watched"
        ),
        (
            "[daemon]\nworkers = 0\n[[watch]]\nroot = \"/a\"",
            ":2: daemon.workers: expected a whole number from 1 to 256, found 0"
        ),
        (
            "[daemon]\nworkers = \"many\"\n[[watch]]\nroot = \"/a\"",
            ":2: daemon.workers: expected \"auto\" or a whole number from 1 to 256"
        ),
        (
            "[[watch]]\nroot = \"/a\"\nowner = \"nobody at all\"",
            ":3: watch[1].owner: no user is called \"nobody at all\" on this machine; expected a name or a number"
        ),
        (
            "[[watch]]\nroot = \"/a\"\ngroup = -1",
            ":3: watch[1].group: expected a whole number from 0 to 4294967294, found -1"
        ),
        (
            "[[watch]]\nroot = \"/a\"\nproxy_root = \"/p\"\nowner = 7\n"
                + "[[watch]]\nroot = \"/b\"\nproxy_root = \"/p\"\nowner = 8",
            ":8: watch[2].owner: differs from that of another entry with the same proxy_root"
        ),
        ("[[watch]]\nroot = \"/a\"\nsettle = 10", ":3: watch[1].settle: expected a text in quotes, found 10"),
        (
            "[[watch]]\nroot = \"/a\"\nsettle = \"soon\"",
            ":3: watch[1].settle: expected a duration such as \"500ms\", \"10s\", \"10m\" or \"2h\", found \"soon\""
        ),
        (
            "[[watch]]\nroot = \"/a\"\npreset = \"reviw\"",
            ":3: watch[1].preset: no preset is called \"reviw\"; did you mean \"review\"?"
        ),
        (
            "[[watch]]\nroot = \"/a\"\n[[watch]]\nroot = \"/a/b\"",
            ":4: watch[2].root: overlaps with another entry's root, /a"
        ),
        (
            "[[watch]]\nroot = \"/a\"\n[presets.review]\ncodec = \"hevc\"",
            ":4: presets.review.codec: expected \"h264\", found \"hevc\""
        ),
        ("[watch]\nroot = \"/a\"", ":1: watch: expected [[watch]] (with two brackets), one for each root"),
        ("", ": watch: missing; add a [[watch]] entry with root = \"/path/to/recordings\""),
        ("[deamon]\n[[watch]]\nroot = \"/a\"", ":1: deamon: unknown key; did you mean \"daemon\"?"),
    ])
    func errorNamesFileLineKeyAndWhatWasExpected(_ text: String, _ expected: String) {
        #expect { try parse(text) } throws: { "\($0)" == "/etc/understudy/understudy.toml\(expected)" }
    }

    @Test func syntaxErrorNamesItsLine() {
        #expect { try parse("[[watch]]\nroot = \n") } throws: { ($0 as? ConfigurationError)?.line == 2 }
    }

    @Test func missingFileSaysSo() {
        #expect { try ConfigurationReader.read(file: "/nonexistent/understudy.toml") } throws: {
            "\($0)".hasPrefix("/nonexistent/understudy.toml: cannot be read")
        }
    }
}
