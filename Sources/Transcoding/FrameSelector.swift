import LibAV

/// Decides which frames a proxy of constant frame rate shows, and in which of its slots.
///
/// The rule of libavfilter's `fps` filter with `round=near` (libavfilter/vf_fps.c of 5.1, checked frame by frame
/// against the `ffmpeg` command): R(pts) is the slot nearest to a time, ties away from zero. Slot n shows the last frame
/// in presentation order with R(pts) ≤ n. The last slot is the one before R(end), where the end is the last frame's pts
/// and duration. It goes by time stamps, never by indices. The first picture stands from slot 0 on, as the command has it
/// in a file of constant frame rate (ffmpeg.c of 5.1, `VSYNC_CFR`): the proxy has a picture wherever it has sound.
///
/// Two differences: there is always at least one slot (the filter has none for a clip that is shorter than half a
/// slot), and a frame is repeated for ten seconds at most: after that the slots jump to the next frame's.
struct FrameSelector: Sendable {
    /// Length of one tick of the frames' time stamps.
    private let timeBase: Rational
    /// Length of one slot.
    private let slot: Rational
    /// Slots that one frame may fill.
    private let longestRepeat: Int64

    /// R of the first frame; `nil` before it came. What is shown there is shown from slot 0 on.
    private var first: Int64?
    /// The first slot that no frame was chosen for yet.
    private var next: Int64 = 0
    private var isAnyShown = false
    private var lastPts: Int64 = 0
    private var lastDuration: Int64 = 0

    /// - Parameters:
    ///   - timeBase: of the frames' time stamps.
    ///   - rate: slots per second.
    init(timeBase: Rational, rate: Rational) {
        self.timeBase = timeBase
        self.slot = rate.inverse
        self.longestRepeat = max(1, Int64(10 * rate.value))
    }

    /// Takes the next frame in presentation order.
    ///
    /// - Parameters:
    ///   - pts: time of the frame on the proxy's time line, in the frames' time base.
    ///   - duration: of the frame, in the same unit.
    /// - Returns: the slots of the frame before this one; empty where that one is not shown or there was none.
    mutating func take(pts: Int64, duration: Int64) -> Range<Int64> {
        lastPts = pts
        lastDuration = duration
        let position = slot(at: pts)
        guard let first else {
            first = position
            return next..<next
        }
        return advance(to: position, from: first)
    }

    /// The slot that a frame of a time competes for. Frames from before the proxy's beginning compete for the first.
    func slot(at pts: Int64) -> Int64 { min(max(0, timeBase.rescale(pts, to: slot)), .max / 2) }

    /// Ends the selection.
    /// - Returns: the slots of the last frame; empty where it is not shown.
    mutating func finish() -> Range<Int64> {
        guard let first else { return next..<next }
        // In microseconds first, for that is how ffmpeg.c 5.1 keeps the end (InputStream.next_pts).
        let end =
            timeBase.rescale(lastPts, to: .microseconds) &+ timeBase.rescale(max(0, lastDuration), to: .microseconds)
        let position = timeBase.rescale(Rational.microseconds.rescale(end, to: timeBase), to: slot)
        return advance(to: isAnyShown ? position : max(position, first + 1), from: first)
    }

    private mutating func advance(to position: Int64, from first: Int64) -> Range<Int64> {
        guard position > max(next, first) else { return next..<next }
        let slots = next..<min(position, next + longestRepeat)
        next = position
        isAnyShown = true
        return slots
    }
}
