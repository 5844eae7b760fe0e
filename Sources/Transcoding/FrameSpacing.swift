import LibAV

/// Holds the times of frames, which come in decoding order, against a steady rate.
struct FrameSpacing {
    /// More frames than H.264 lets a later one be shown before (ITU-T H.264, A.3.1: 16).
    private static let longestReordering = 17

    /// In seconds.
    private let frameDuration: Double
    private let timeBase: Rational
    /// Times that another frame may still come before, in order.
    private var waiting: [Int64] = []
    private var last: Int64?
    private var count = 0
    /// When the first one is shown; `nil` before `finish`, or without frames.
    private(set) var first: Int64?
    /// No frame comes more than half a frame's duration too early or too late after the one before it.
    private(set) var isSteady = true

    init(rate: Rational, timeBase: Rational) {
        frameDuration = rate.inverse.value
        self.timeBase = timeBase
    }

    mutating func take(_ pts: Int64) {
        count += 1
        waiting.insert(pts, at: waiting.firstIndex { $0 > pts } ?? waiting.endIndex)
        if waiting.count > FrameSpacing.longestReordering { release() }
    }

    /// To be called once, after the last frame. Then also the mean rate must be right, to a hundredth.
    mutating func finish() {
        while !waiting.isEmpty { release() }
        guard let first, let last else { return }
        let span = timeBase.seconds(last - first)
        if abs(span - Double(count - 1) * frameDuration) > frameDuration / 2 + span / 100 { isSteady = false }
    }

    private mutating func release() {
        let pts = waiting.removeFirst()
        if let last {
            let step = timeBase.seconds(pts &- last) / frameDuration
            if !(0.5...1.5).contains(step) { isSteady = false }
        } else {
            first = pts
        }
        last = pts
    }
}
