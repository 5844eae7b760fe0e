import Domain
import Foundation
import Testing

@testable import LibAV
@testable import Transcoding

@Suite struct VerificationTests {
    private func proxy(in scratch: Scratch) throws -> Outcome {
        let original = try scratch.clip(
            "a.mp4",
            "-f lavfi -i testsrc2=size=320x240:rate=25:duration=3 -f lavfi -i sine=duration=3 -c:v libx264 -c:a aac")
        return try transcode(original, to: scratch.file("proxy.mp4"))
    }

    private func code(_ file: String, _ report: TranscodeReport) throws -> FailureCode? {
        do {
            _ = try verify(file, report)
            return nil
        } catch let failure as Failure {
            return failure.code
        }
    }

    @Test func goodProxyIsDescribed() throws {
        let scratch = try Scratch()
        let outcome = try proxy(in: scratch)
        let verified = try outcome.verified()
        let bytes = try Data(contentsOf: URL(fileURLWithPath: outcome.proxy))
        #expect(verified.sizeBytes == Int64(bytes.count))
        #expect(verified.frames == 30)
        #expect(verified.frameRate == "10/1")
        #expect(verified.videoCodec == "h264" && verified.audioCodec == "aac")
        #expect(abs(verified.durationSeconds - 3) < 0.05)
        let digest = try SHA256Digest.start()
        digest.update(Array(bytes)[...])
        let expected = digest.finish()
        #expect(verified.sha256 == expected)
    }

    @Test(arguments: [0, 1, 100, 2000])
    func cutProxyIsRejected(missing: Int) throws {
        let scratch = try Scratch()
        let outcome = try proxy(in: scratch)
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: outcome.proxy)))
        let cut = try scratch.write("cut.mp4", missing == 0 ? [] : Array(bytes.dropLast(missing)))
        #expect(try code(cut, outcome.report) == .verificationFailed)
    }

    @Test func damagedEndIsRejected() throws {
        let scratch = try Scratch()
        let original = try scratch.clip("a.mp4", "-f lavfi -i testsrc2=size=320x240:rate=25:duration=3 -c:v libx264")
        let outcome = try transcode(original, to: scratch.file("proxy.mp4"))
        var bytes = try Array(Data(contentsOf: URL(fileURLWithPath: outcome.proxy)))
        for index in bytes.indices.suffix(3000) { bytes[index] = 0 }
        #expect(try code(try scratch.write("b.mp4", bytes), outcome.report) == .verificationFailed)
    }

    @Test func everyDifferenceFromTheReportIsRejected() throws {
        let scratch = try Scratch()
        let outcome = try proxy(in: scratch)
        let changes: [(inout TranscodeReport) -> Void] = [
            { $0.frames += 1 }, { $0.frames -= 1 },
            {
                $0.videoDurationSeconds += 0.5; $0.audioDurationSeconds = 3.5
            },
            { $0.width += 2 }, { $0.height -= 2 }, { $0.audioDurationSeconds = nil },
        ]
        for change in changes {
            var report = outcome.report
            change(&report)
            #expect(try code(outcome.proxy, report) == .verificationFailed)
        }
        #expect(try code(outcome.proxy, outcome.report) == nil)
    }

    @Test func missingSoundIsRejected() throws {
        let scratch = try Scratch()
        let outcome = try proxy(in: scratch)
        let silent = try scratch.clip("b.mp4", "-i \(outcome.proxy) -map 0:v -c copy -movflags +faststart")
        #expect(try code(silent, outcome.report) == .verificationFailed)
    }

    @Test func indexBehindTheDataIsRejected() throws {
        let scratch = try Scratch()
        let outcome = try proxy(in: scratch)
        let slow = try scratch.clip("b.mp4", "-i \(outcome.proxy) -c copy")
        #expect(try code(slow, outcome.report) == .verificationFailed)
    }
}
