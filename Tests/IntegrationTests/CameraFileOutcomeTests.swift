import Foundation
import SystemPackage
import TestSupport
import Testing

/// The real camera files, where they are at hand: one pass over all of them, laid out under several drop folders.
@Suite(
    .enabled(
        if: Programs.cameraFiles != nil,
        "the real camera files are not here: set UNDERSTUDY_MEDIA, or put them into ../shared/media"))
struct CameraFileOutcomeTests {
    /// A line of the manifest.
    private struct Line {
        let name: String
        let size: String
        let rate: String
        let duration: String
        let expected: String

        var isMade: Bool { expected.hasPrefix("proxy made") }
        var stem: String { String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)]) }

        /// Frames per second; `nil` where the manifest names several or a variable one.
        var framesPerSecond: Double? {
            guard !rate.contains("variable"), !rate.contains(";"), !rate.contains("misread") else { return nil }
            let terms = rate.prefix { $0.isNumber || $0 == "." || $0 == "/" }.split(separator: "/").compactMap {
                Double($0)
            }
            return terms.count == 2 ? terms[0] / terms[1] : terms.first
        }

        /// The mean rate of those that vary.
        var meanRate: Double? {
            guard rate.hasPrefix("avg ") else { return framesPerSecond }
            return Double(rate.dropFirst(4).prefix { $0.isNumber || $0 == "." })
        }

        var isShownUpright: Bool { expected.contains("upright") }
    }

    private static let folders = ["phones/original", "cards/original/2026/11", "a/original/b/original", "x y/original"]

    /// Seconds from the first to the last packet of picture and sound (`ffprobe -show_packets`), where the header's
    /// number counts something else.
    private static let measured = [
        "MOV00006_phone_h263.3gp": 15.04,  // Of its sound, libav 5.1 decodes the first 20 ms of each second only.
        "dvb_1080i_4audio.ts": 5.44,  // The rest belongs to the other sounds.
        "dvd_lpcm_480i.vob": 1.105,
        "multiaudio_8subs.mkv": 2.017,  // Cut; the subtitles go on.
        "nasa_2v2a.mp4": 13.056,  // The subtitles go on.
        "sony_xavc_longgop_1080i.mxf": 0.24,  // Cut.
    ]

    private func manifest(_ folder: FilePath) throws -> [Line] {
        let text = String(decoding: try ByteFile.read(folder.appending("MANIFEST.tsv")), as: UTF8.self)
        let rows = text.split(separator: "\n").map {
            $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        let header = try #require(rows.first)
        func column(_ name: String) throws -> Int {
            try #require(header.firstIndex { $0.hasPrefix(name) }, Comment(rawValue: name))
        }
        let (size, rate) = (try column("WxH"), try column("fps"))
        let (duration, expected) = (try column("duration"), try column("expected"))
        return rows.dropFirst().filter { $0.count > expected }.map {
            Line(name: $0[0], size: $0[size], rate: $0[rate], duration: $0[duration], expected: $0[expected])
        }
    }

    @Test func everyOutcomeIsTheManifests() async throws {
        let media = try #require(Programs.cameraFiles)
        let lines = try manifest(media)
        try #require(lines.count > 10)
        try await DaemonFixture.with { fixture in
            for (index, line) in lines.enumerated() {
                let folder = fixture.path(Self.folders[index % Self.folders.count])
                try fixture.makeDirectory(folder)
                try ByteFile.write(
                    try ByteFile.read(media.appending(line.name)), to: folder.appending(line.name))
            }
            let result = try await fixture.once()
            #expect(result.status == 1)
            let made = lines.count { $0.isMade }
            #expect(result.output.contains("\(made) completed"), Comment(rawValue: result.output))
            for (index, line) in lines.enumerated() {
                let folder = Self.folders[index % Self.folders.count]
                let mirror = fixture.path(folder.replacing("original", with: "proxy", maxReplacements: 1))
                let sidecar = try Sidecar.read(mirror.appending("\(line.name).json"))
                guard line.isMade else {
                    expectRejected(line, sidecar)
                    #expect(!ByteFile.exists(mirror.appending("\(line.stem).mp4")), Comment(rawValue: line.name))
                    continue
                }
                try await expectMade(line, try #require(sidecar, Comment(rawValue: line.name)), in: mirror)
                let original = fixture.path(folder).appending(line.name)
                #expect(try ByteFile.read(original) == ByteFile.read(media.appending(line.name)))
            }
        }
    }

    /// A failure with a code, or no trace at all where the name's ending is not a film's.
    private func expectRejected(_ line: Line, _ sidecar: Sidecar?) {
        let codes: [(reason: String, code: String)] = [
            ("no video stream", "no_video_stream"), ("still image", "not_media"), ("not a media", "not_media"),
            ("encrypted", "encrypted"), ("moov atom not found", "truncated"), ("media data missing", "truncated"),
            ("unsupported codec", "unsupported_codec"),
        ]
        guard let sidecar else {
            let ending = line.name.split(separator: ".").last.map { $0.lowercased() }
            #expect(["heic", "jpg", "srt", "m4a"].contains(ending), Comment(rawValue: line.name))
            return
        }
        #expect(sidecar.processingStatus == "failed" && sidecar.proxy == nil, Comment(rawValue: line.name))
        let code = codes.first { line.expected.contains($0.reason) }?.code
        #expect(sidecar.processingError?.code == code, Comment(rawValue: "\(line.name): \(line.expected)"))
    }

    private func expectMade(_ line: Line, _ sidecar: Sidecar, in mirror: FilePath) async throws {
        let name = Comment(rawValue: line.name)
        guard sidecar.processingStatus == "completed", let proxy = sidecar.proxy else {
            Issue.record("\(line.name): \(sidecar.processingError.map { "\($0)" } ?? sidecar.processingStatus)")
            return
        }
        #expect(proxy.path == "\(line.stem).mp4", name)
        let file = mirror.appending(proxy.path)
        try await ReviewProxy.expect(
            file, originalDuration: Self.measured[line.name] ?? Double(line.duration), originalRate: line.meanRate,
            startsAtZero: false)
        let facts = try await MediaFacts.of(file)
        let video = try #require(facts.video.first)
        #expect(video.width == proxy.width && video.height == proxy.height, name)
        if line.isShownUpright {
            let rotation = video.sideDataList?.compactMap(\.rotation).first ?? 0
            let isTurned = abs(rotation) == 90
            #expect((proxy.width < proxy.height) != isTurned, name)
        }
        if line.expected.contains("no audio") || line.expected.contains("without sound") {
            #expect(facts.audio.isEmpty && proxy.audioCodec == nil, name)
        }
        if let really = line.expected.firstMatch(of: /really ([0-9.]+) s/) {
            let seconds = try #require(Double(really.1))
            #expect(abs(proxy.durationSeconds - seconds) <= 0.15, name)
        }
    }
}
