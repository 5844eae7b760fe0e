import Foundation
import SystemPackage
import TestSupport
import Testing

/// Names that Linux allows and programs stumble over: the same bytes come back from the database and the sidecar, and
/// nothing that is shown to a person acts.
@Suite(.serialized) struct NameCorpusTests {
    /// Before the extension.
    private static let stems: [[UInt8]] = {
        let texts = [
            "plain", "with space", " leading space", "trailing space ", "-rf", "--help", "-", "%s%n%x", "$(reboot)",
            "`reboot`", "; rm -rf x", "| cat", "> out", "& bg", "'single'", "\"double\"", "back\\slash", "\\x41",
            "\\xff", "\\\\x41", "new\nline", "two\n\nlines\n", "forged\n2026-01-01 notice understudy: all is well",
            "tab\there",
            "return\rover", "bell\u{7}", "esc\u{1b}[31mred", "esc\u{1b}]0;title\u{7}", "del\u{7f}", "c1 \u{9b}31m",
            "nul-like \u{1}", "right to left \u{202e}4pm", "mark \u{200f}", "isolate \u{2067}x\u{2069}",
            "line separator \u{2028}", "zero width \u{200b}", "byte order \u{feff}", "é composed",
            "e\u{301} decomposed",
            "日本語のビデオ", "emoji 🎥👩‍👩‍👧", "العربية", "a:b", "a*b?c[d]", "{json: \"yes\"}", "<xml>&amp;<b>", "a,b;c",
            "file:", "http:__x", "img%03d", "concat:a|b", "pipe:0", "CON", "nul", "a...", "a..b", "#hash", "tilde~in",
            "@at",
        ]
        var stems = texts.map { Array($0.utf8) }
        stems.append([0xff, 0xfe])
        stems.append([0x80])
        stems.append(Array("cut ".utf8) + [0xe2, 0x82])
        stems.append(Array("overlong ".utf8) + [0xc0, 0xaf])
        stems.append(Array("surrogate ".utf8) + [0xed, 0xa0, 0x80])
        stems.append(Array("latin ".utf8) + [0xe9, 0xe8])
        stems.append([UInt8](repeating: UInt8(ascii: "n"), count: 251))
        stems.append([UInt8](repeating: 0xff, count: 251))
        stems.append(Array(String(repeating: "é", count: 125).utf8))
        return stems
    }()

    /// The bytes that a shown path stands for: `\xHH` is a byte (README, "Folders and names").
    private func bytes(ofShown text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let first = rest.first {
            let digits = rest.dropFirst(2).prefix(2)
            if rest.starts(with: Array("\\x".utf8)), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(4)
            } else {
                bytes.append(first)
                rest = rest.dropFirst()
            }
        }
        return bytes
    }

    private func bytes(of path: FilePath) -> [UInt8] {
        unsafe path.withPlatformString { text in
            unsafe Array(UnsafeBufferPointer(start: text, count: strlen(text))).map { UInt8(bitPattern: $0) }
        }
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0a: true  // Between lines.
        case 0x00...0x1f, 0x7f...0x9f, 0x2028, 0x2029, 0x200e, 0x200f, 0x061c, 0x202a...0x202e, 0x2066...0x2069: false
        default: true
        }
    }

    @Test func everyNameComesBackByteForByte() async throws {
        try await DaemonFixture.with { fixture in
            let clip = try await GeneratedMedia.tiny.bytes
            try fixture.makeDirectory(fixture.path("cam/original"))
            var originals: Set<[UInt8]> = []
            for stem in NameCorpusTests.stems {
                let path = fixture.path("cam/original").appending(raw: stem + Array(".mp4".utf8))
                try ByteFile.write(clip, to: path)
                originals.insert(bytes(of: path))
            }
            // Near the longest path that a system call takes (4,096 bytes with the final zero).
            var deep = fixture.path("deep/original")
            while deep.length < 3_900 { deep.append(String(repeating: "d", count: min(250, 3_950 - deep.length))) }
            try fixture.makeDirectory(deep)
            let deepest = deep.appending(String(repeating: "f", count: 4_070 - deep.length) + ".mp4")
            try ByteFile.write(clip, to: deepest)
            originals.insert(bytes(of: deepest))
            #expect(originals.count == NameCorpusTests.stems.count + 1)

            let configuration = try fixture.write(TestConfiguration())
            let result = try await fixture.understudy([
                "once", fixture.root.string, "--config", configuration.string, "--state-dir",
                fixture.stateDirectory.string, "--log-level", "info",
            ])
            #expect(result.status == 0, Comment(rawValue: result.errors))
            let sidecars = try ByteFile.all(below: fixture.root).filter { $0.extension == "json" }
                .map { fixture.root.appending($0.components) }
            var shown: Set<[UInt8]> = []
            for path in sidecars {
                let sidecar = try #require(try Sidecar.read(path))
                #expect(sidecar.processingStatus == "completed", Comment(rawValue: path.string))
                let original = bytes(ofShown: sidecar.original.absolutePath)
                shown.insert(original)
                let proxy = try #require(sidecar.proxy)
                #expect(ByteFile.exists(path.removingLastComponent().appending(raw: bytes(ofShown: proxy.path))))
            }
            #expect(shown == originals)
            let rows = try await fixture.query("SELECT hex(original_path) FROM videos").split(separator: "\n")
            let recorded = try rows.map { row in
                bytes(ofShown: String(decoding: try #require(bytes(ofHex: row)), as: UTF8.self))
            }
            #expect(Set(recorded) == originals && recorded.count == originals.count)

            try expectHarmless(result.output + result.errors, lines: "job completed", count: originals.count)
            let list = try await fixture.understudy(["list", "--state-dir", fixture.stateDirectory.string])
            try expectHarmless(list.output, lines: "completed ", count: originals.count)
        }
    }

    /// One line for each original, and none that a name has forged.
    private func expectHarmless(_ text: String, lines words: String, count: Int) throws {
        let acting = text.unicodeScalars.filter { !NameCorpusTests.isHarmless($0) }
        #expect(acting.isEmpty, Comment(rawValue: "\(acting.map { String($0.value, radix: 16) })"))
        let lines = text.split(separator: "\n").filter { $0.contains(words) }
        #expect(lines.count == count, Comment(rawValue: lines.joined(separator: "\n")))
    }

    private func bytes(ofHex text: some StringProtocol) -> [UInt8]? {
        let digits = Array(text)
        guard digits.count % 2 == 0 else { return nil }
        let values = stride(from: 0, to: digits.count, by: 2).map { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
        return values.contains(nil) ? nil : values.compactMap { $0 }
    }
}
