import Domain
import Foundation
import Testing

@testable import Transcoding

/// Runs real camera files, where they are at hand: each line of `MANIFEST.tsv` says what must become of its file.
@Suite(.enabled(if: cameraFileFolder != nil))
struct CameraFileTests {
    struct Line: Sendable, CustomTestStringConvertible {
        let name: String
        let expected: String
        var testDescription: String { name }
    }

    static let lines: [Line] = {
        guard let folder = cameraFileFolder,
            let text = try? String(contentsOfFile: folder + "/MANIFEST.tsv", encoding: .utf8)
        else {
            return []  // Then there is nothing to run.
        }
        return text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard let name = fields.first, let expected = fields.last, fields.count > 5 else { return nil }
            return Line(name: name, expected: expected)
        }
    }()

    /// The code for the reason that the manifest gives in words.
    private func code(for expected: String) -> FailureCode? {
        let reasons: [(String, FailureCode)] = [
            ("no video stream", .noVideoStream), ("still image", .notMedia), ("not a media", .notMedia),
            ("encrypted", .encrypted), ("moov atom not found", .truncated), ("media data missing", .truncated),
            ("unsupported codec", .unsupportedCodec),
        ]
        return reasons.first { expected.contains($0.0) }?.1
    }

    @Test(arguments: CameraFileTests.lines)
    func outcomeIsAsTheManifestSays(line: Line) throws {
        let folder = try #require(cameraFileFolder)
        let scratch = try Scratch()
        let original = folder + "/" + line.name
        guard line.expected.hasPrefix("proxy made") else {
            #expect(try failure(original, in: scratch)?.code == code(for: line.expected))
            return
        }
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"), preset: .review)
        let proxy = try outcome.verified()
        #expect(proxy.frames >= 1)
        let full = try transcode(original, to: scratch.file("full.mp4"), preset: .review, decodesAll: true)
        #expect(outcome.pictures == full.pictures, "packets that were left out show")
        #expect(min(proxy.width, proxy.height) <= 480 && proxy.width % 2 == 0 && proxy.height % 2 == 0)
        if let start = line.expected.firstRange(of: "start timecode ") {
            let timecode = String(line.expected[start.upperBound...].prefix(11))
            #expect(outcome.media?.video?.timecode == timecode)
        }
        if let start = line.expected.firstRange(of: "shown upright as ") {
            let size = line.expected[start.upperBound...].prefix { $0.isNumber || $0 == "x" }.split(separator: "x")
            #expect(size.count == 2 && size[0] < size[1] || size[0].count < size[1].count)
            #expect([90, 270].contains(try MediaProbeTests.describe(outcome.proxy).video?.rotationDegrees))
        }
        if line.expected.contains("no audio") || line.expected.contains("without sound") {
            #expect(proxy.audioCodec == nil)
        }
    }
}

/// `$UNDERSTUDY_MEDIA`, or `../shared/media` beside the package.
private let cameraFileFolder: String? = {
    var package = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { package.deleteLastPathComponent() }
    let beside = package.deletingLastPathComponent().appendingPathComponent("shared/media").path
    let candidates: [String] = [ProcessInfo.processInfo.environment["UNDERSTUDY_MEDIA"] ?? beside, beside]
    return candidates.first { FileManager.default.fileExists(atPath: $0 + "/MANIFEST.tsv") }
}()
