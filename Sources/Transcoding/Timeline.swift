import LibAV

/// Maps the time stamps of an original's packets to the proxy's time line, which begins with the first picture or sound
/// that is used.
///
/// Where a container's time stamps may jump (`AVFMT_TS_DISCONT`: MPEG-TS, MPEG-PS), a jump of more than ten seconds
/// against all streams, or backwards within one, is a new beginning of the clock: what follows continues where the
/// stream stopped. ffmpeg.c 5.1 does the same (`process_input`, `dts_delta_threshold`), but also closes a long silence
/// of one stream, which here stays a silence.
struct Timeline {
    private struct Position {
        /// Decoding time of the last packet and of the one expected after it, in microseconds.
        var last: Int64
        var expected: Int64
    }

    private static let longestStep: Int64 = 10_000_000
    private static let longestStepBack: Int64 = 100_000

    /// Microseconds that are added to time stamps.
    private(set) var offset: Int64
    private let followsJumps: Bool
    private var positions: [Int: Position] = [:]

    /// - Parameter streams: those that are used.
    init(streams: [StreamInfo], containerStart: Int64?, followsJumps: Bool) {
        let starts = streams.compactMap { stream in
            stream.startTime.map { stream.timeBase.rescale($0, to: .microseconds) }
        }
        offset = -(starts.min() ?? containerStart ?? 0)
        self.followsJumps = followsJumps
    }

    /// Moves a packet of a used stream onto the time line.
    mutating func place(_ packet: borrowing Packet, of stream: StreamInfo) {
        if followsJumps, let dts = packet.dts {
            let length = stream.timeBase.rescale(packet.duration, to: .microseconds)
            follow(stream.timeBase.rescale(dts, to: .microseconds), length: length, stream: stream.index)
        }
        packet.shift(by: Rational.microseconds.rescale(offset, to: stream.timeBase))
    }

    /// Changes the offset where a decoding time, in microseconds, shows that the clock began anew.
    mutating func follow(_ dts: Int64, length: Int64, stream: Int) {
        var time = dts &+ offset
        if let own = positions[stream] {
            let isFarFromAll = positions.values.allSatisfy { abs(time &- $0.expected) > Timeline.longestStep }
            if isFarFromAll || time &+ Timeline.longestStepBack < own.last {
                offset = offset &- (time &- own.expected)
                time = own.expected
            }
        }
        positions[stream] = Position(last: time, expected: time &+ length)
    }
}
