import Testing

@testable import LibAV
@testable import Transcoding

@Suite struct TimelineTests {
    private func timeline() -> Timeline { Timeline(streams: [], containerStart: 0, followsJumps: true) }

    /// Where the packets of stream 0 come to lie when they have these decoding times, in seconds.
    private func place(_ times: [(stream: Int, time: Double)]) -> [Double] {
        var timeline = timeline()
        return times.map { packet in
            let dts = Int64(packet.time * 1e6)
            timeline.follow(dts, length: 1_000_000, stream: packet.stream)
            return Double(dts + timeline.offset) / 1e6
        }
    }

    @Test func clockThatBeginsAnewContinues() {
        #expect(place([(0, 100), (0, 101), (0, 0), (0, 1)]) == [100, 101, 102, 103])
    }

    @Test func clockThatLeapsContinues() {
        #expect(place([(0, 0), (0, 1), (0, 5000), (0, 5001)]) == [0, 1, 2, 3])
    }

    @Test func gapOfTenSecondsStaysAGap() {
        #expect(place([(0, 0), (0, 9), (0, 19)]) == [0, 9, 19])
    }

    @Test func longSilenceOfOneStreamStaysASilence() {
        var packets: [(Int, Double)] = [(1, 0)]
        packets += (0..<60).map { (0, Double($0)) }
        packets.append((1, 60))
        #expect(place(packets).last == 60)
    }

    @Test func bothStreamsFollowOneJump() {
        #expect(
            place([(0, 10), (1, 10), (0, 11), (0, 500), (1, 11), (1, 500), (0, 501)]) == [10, 10, 11, 12, 11, 12, 13])
    }
}
