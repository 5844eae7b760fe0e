import Domain
import Glibc
import Synchronization
import SystemPackage
import Testing
import WorkerProtocol

@testable import LibAV
@testable import Transcoding

@Suite struct StageTests {
    private final class Item {
        var number: Int
        init(_ number: Int) { self.number = number }
    }

    /// What a stage did, told from its thread.
    private final class Record: Sendable {
        let numbers = Mutex<[Int]>([])
    }

    @Test func itemsAreWorkedOffInOrderAndGoRound() throws {
        let record = Record()
        let stage = try #require(
            Stage<Item>(capacity: 3) { item throws(Failure) in record.numbers.withLock { $0.append(item.number) } })
        var made = 0
        for number in 0..<10_000 {
            let item: Item
            if let used = stage.spare() {
                item = used
            } else {
                item = Item(0)
                made += 1
            }
            item.number = number
            try stage.give(item)
        }
        try stage.finish()
        #expect(record.numbers.withLock { $0 } == Array(0..<10_000))
        #expect(made <= 5, "three that wait, one that is worked on, one in the giver's hand")
    }

    @Test func nobodyGivesMoreThanFits() throws {
        let (begun, gate) = (Gate(), Gate())
        let record = Record()
        let stage = try #require(
            Stage<Item>(capacity: 2) { item throws(Failure) in
                begun.open()
                gate.pass()
                record.numbers.withLock { $0.append(item.number) }
            })
        try stage.give(Item(0))
        begun.pass()
        // One is worked on, two wait; the next has to wait for room.
        try stage.give(Item(1))
        try stage.give(Item(2))
        let opener = try #require(
            Stage<Item>(capacity: 1) { _ throws(Failure) in
                record.numbers.withLock { $0.append(-1) }
                gate.open()
            })
        try opener.give(Item(0))
        try stage.give(Item(3))
        #expect(record.numbers.withLock { $0.prefix(2) } == [-1, 0], "only after the first was worked off")
        try stage.finish()
        #expect(record.numbers.withLock { $0 } == [-1, 0, 1, 2, 3])
        try opener.finish()
    }

    @Test func failureEndsTheStageAndIsTold() throws {
        let record = Record()
        let stage = try #require(
            Stage<Item>(capacity: 1) { item throws(Failure) in
                record.numbers.withLock { $0.append(item.number) }
                if item.number == 3 { throw Failure(.encodeFailed, "the third") }
            })
        var failure: Failure?
        do throws(Failure) {
            for number in 0..<100 { try stage.give(Item(number)) }
        } catch {
            failure = error
        }
        #expect(failure?.message == "the third")
        #expect(throws: Failure.self) { try stage.finish() }
        #expect(record.numbers.withLock { $0 } == [0, 1, 2, 3])
    }

    /// A stage hears of its own errors, and nobody else of them.
    @Test func errorsThatLibavLogsInAStageAreCountedApart() throws {
        let record = Record()
        let stage = try #require(
            Stage<Item>(capacity: 3) { item throws(Failure) in
                let before = LogCapture.errorCount
                for _ in 0..<item.number { LogCapture.countError() }
                record.numbers.withLock { $0.append(LogCapture.errorCount - before) }
            })
        let before = LogCapture.errorCount
        for number in 0..<5 { try stage.give(Item(number)) }
        try stage.finish()
        #expect(record.numbers.withLock { $0 } == [0, 1, 2, 3, 4])
        #expect(LogCapture.errorCount == before)
        LogCapture.countError()
        #expect(LogCapture.errorCount == before + 1)
    }

    /// However heavy an item is, it fits where nothing waits.
    @Test func heavyItemsWaitAlone() throws {
        let record = Record()
        let stage = try #require(
            Stage<Item>(capacity: 10) { item throws(Failure) in record.numbers.withLock { $0.append(item.number) } })
        for number in 0..<200 { try stage.give(Item(number), weight: number % 3 == 0 ? 1000 : 4) }
        try stage.finish()
        #expect(record.numbers.withLock { $0 } == Array(0..<200))
    }

    @Test func stoppedStageLeavesWhatWaits() throws {
        let (begun, gate) = (Gate(), Gate())
        let record = Record()
        var stage = Stage<Item>(capacity: 5) { item throws(Failure) in
            begun.open()
            gate.pass()
            record.numbers.withLock { $0.append(item.number) }
        }
        for number in 0..<5 { try stage?.give(Item(number)) }
        begun.pass()
        gate.open()
        stage = nil
        let worked = record.numbers.withLock { $0 }
        #expect(!worked.isEmpty && worked == Array(0..<worked.count))
        // The thread has ended: nothing more comes.
        #expect(record.numbers.withLock { $0 } == worked)
    }
}

/// Closed until it is opened, for good.
private final class Gate: Sendable {
    private let isOpen = Atomic(false)
    func open() { isOpen.store(true, ordering: .releasing) }
    func pass() { while !isOpen.load(ordering: .acquiring) { sched_yield() } }
}

@Suite struct PipelineTests {
    struct Clip: Sendable, CustomTestStringConvertible {
        let name: String
        let arguments: String
        var testDescription: String { name }
    }

    static let picture = "-f lavfi -i testsrc2=size=640x480:rate=25:duration=4"
    static let sound = "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=4"

    /// Sound that is encoded, copied, earlier and later than the picture, and none.
    static let clips = [
        Clip(name: "pcm.mov", arguments: "\(picture) \(sound) -c:v prores_ks -profile:v 0 -c:a pcm_s16le"),
        Clip(name: "mjpeg.avi", arguments: "\(picture) \(sound) -c:v mjpeg -q:v 5 -c:a pcm_s16le"),
        Clip(
            name: "aac.mp4",
            arguments: "\(picture) \(sound) -c:v libx264 -preset ultrafast -bf 2 -pix_fmt yuv420p -c:a aac -b:a 48k"),
        Clip(
            name: "late.mkv",
            arguments: "\(picture) -itsoffset 1.5 \(sound) -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a flac"),
        Clip(
            name: "early.ts",
            arguments: "-itsoffset 1.5 \(picture) \(sound) -c:v mpeg2video -b:v 4M -pix_fmt yuv420p -c:a mp2"),
        // Sound is ahead of the pictures by far more than the muxer's usual ten seconds.
        Clip(
            name: "slow.avi",
            arguments:
                "-f lavfi -i testsrc2=size=640x480:rate=2:duration=40 -f lavfi -i sine=sample_rate=8000:duration=40 "
                + "-c:v libx264 -preset ultrafast -bf 0 -pix_fmt yuv420p -c:a pcm_s16le"),
        Clip(name: "silent.mp4", arguments: "\(picture) -c:v libx265 -x265-params log-level=none -pix_fmt yuv420p"),
    ]

    /// A backlog's jobs with one thread and a lone one with several make the same file.
    @Test(arguments: clips)
    func threadsDoNotShowInTheProxy(clip: Clip) throws {
        let scratch = try Scratch()
        let original = try scratch.clip(clip.name, clip.arguments)
        let alone = try transcode(
            original, to: scratch.file("one.mp4"), preset: Preset(height: 200), takesShortcuts: true)
        for threads in [2, 5] {
            let together = try transcode(
                original, to: scratch.file("many.mp4"), preset: Preset(height: 200), decodeThreads: threads,
                takesShortcuts: true)
            #expect(together.report == alone.report)
            #expect(together.pictures == alone.pictures)
            #expect(try scratch.bytes(together.proxy) == scratch.bytes(alone.proxy))
            _ = try together.verified()
        }
    }

    /// Also the ends of the scale: 0 is no lossless picture, which High profile has not.
    @Test(arguments: [0, 1, 51])
    func eachQualityMakesAProxy(quality: Int) throws {
        let scratch = try Scratch()
        let original = try scratch.clip(PipelineTests.clips[1].name, PipelineTests.clips[1].arguments)
        let made = try transcode(original, to: scratch.file("a.mp4"), preset: Preset(height: 120, quality: quality))
        _ = try made.verified()
        #expect(
            try ffprobe(["-select_streams", "v", "-show_entries", "stream=profile", "-of", "csv=p=0", made.proxy])
                .hasPrefix("High"))
    }

    /// A failure in the encoder's thread is the job's.
    @Test func fullDiskIsToldFromTheOtherThread() throws {
        let scratch = try Scratch()
        let original = try scratch.clip(PipelineTests.clips[1].name, PipelineTests.clips[1].arguments)
        let input = try FileDescriptor.open(FilePath(original), .readOnly)
        let output = try FileDescriptor.open(FilePath("/dev/full"), .readWrite)
        defer {
            try? input.close()  // Nothing was written to it.
            try? output.close()  // It keeps nothing.
        }
        for threads in [1, 3] {
            let transcode = ProxyTranscode(
                preset: Preset(height: 400, quality: 0), limits: .init(), decodeThreads: threads)
            let failure = #expect(throws: Failure.self) { try transcode.run(input, into: output) { _ in } }
            #expect(failure?.code == .diskFull)
        }
    }
}
