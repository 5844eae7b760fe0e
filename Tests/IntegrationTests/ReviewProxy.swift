import Foundation
import SystemPackage
import TestSupport
import Testing

/// Holds a proxy of the `review` preset against the contract.
enum ReviewProxy {
    /// - Parameters:
    ///   - originalDuration: in seconds; `nil` where nobody knows it.
    ///   - originalRate: frames per second of the original, as far as it is known.
    static func expect(
        _ proxy: FilePath, originalDuration: Double?, originalRate: Double?, startsAtZero: Bool = true,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let name = Comment(rawValue: "\(proxy)")
        let facts = try await MediaFacts.of(proxy)
        let video = try #require(facts.video.first, name, sourceLocation: sourceLocation)
        #expect(facts.video.count == 1, name, sourceLocation: sourceLocation)
        #expect(video.codecName == "h264" && video.profile == "High", name, sourceLocation: sourceLocation)
        #expect(video.pixFmt == "yuv420p", name, sourceLocation: sourceLocation)
        let (width, height) = (try #require(video.width), try #require(video.height))
        #expect(min(width, height) <= 480 && width % 2 == 0 && height % 2 == 0, name, sourceLocation: sourceLocation)
        #expect(facts.audio.count <= 1, name, sourceLocation: sourceLocation)
        for audio in facts.audio {
            #expect(audio.codecName == "aac" && audio.profile == "LC", name, sourceLocation: sourceLocation)
            #expect(audio.channels == 2, name, sourceLocation: sourceLocation)
        }
        expectRate(video, originalRate, name, sourceLocation)
        if startsAtZero {
            #expect(Double(video.startTime ?? "") == 0, name, sourceLocation: sourceLocation)
        }
        let boxes = try MediaFacts.boxes(of: proxy)
        let (index, data) = (boxes.firstIndex(of: "moov"), boxes.firstIndex(of: "mdat"))
        #expect(try #require(index) < #require(data), name, sourceLocation: sourceLocation)
        if let originalDuration {
            let duration = try #require(facts.duration)
            let tolerance = 0.1 + 1 / (originalRate ?? 10)
            #expect(abs(duration - originalDuration) <= tolerance, name, sourceLocation: sourceLocation)
        }
    }

    private static func expectRate(
        _ video: MediaFacts.Stream, _ originalRate: Double?, _ name: Comment, _ sourceLocation: SourceLocation
    ) {
        guard let originalRate, originalRate < 10 else {
            #expect(video.rFrameRate == "10/1", name, sourceLocation: sourceLocation)
            return
        }
        let terms = (video.rFrameRate ?? "").split(separator: "/").compactMap { Double($0) }
        let rate = terms.count == 2 && terms[1] > 0 ? terms[0] / terms[1] : 0
        #expect(abs(rate - originalRate) < 0.01, name, sourceLocation: sourceLocation)
    }
}
