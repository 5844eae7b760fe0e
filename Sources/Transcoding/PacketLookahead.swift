import LibAV

/// Holds a few packets of the picture back, in decoding order, to see which of them need not be decoded.
///
/// A packet is left out when its frame is not shown and no frame that is shown needs it. A frame is not shown when
/// another one that comes later in presentation order falls into the same slot (`FrameSelector`). Nobody needs it when
/// the bitstream says so (`PictureNeeds.isDisposable`), or when all that follows it up to the next barrier is left out
/// as well. What the window cannot tell is decoded.
final class PacketLookahead {
    /// A packet that waits, with what is known of it.
    final class Waiting {
        let packet: Packet
        fileprivate(set) var pts: Int64?
        fileprivate var slot: Int64 = 0
        /// Its decoding gives a frame that is shown or that hides another.
        fileprivate(set) var givesFrame = false
        fileprivate var needs = PictureNeeds.unknown

        fileprivate init(_ packet: consuming Packet) { self.packet = packet }
    }

    /// Frames of an hour-long pause between key frames fit as well as those of one second.
    private static let longestWindow = 40
    /// Intra-only codecs come in presentation order, and their packets are large.
    private static let shortWindow = 4
    private static let mostBytes = 64 << 20

    private let reader: PictureNeedsReader
    private let selector: FrameSelector
    private var window: [Waiting] = []
    private var idle: [Waiting] = []
    private var bytes = 0
    /// Times of the packets that left the window last: a frame may be hidden by one that is decoded before it.
    private var past: [(pts: Int64, slot: Int64)] = []

    /// - Parameter selector: knows in which slot a frame belongs.
    init(_ reader: PictureNeedsReader, selector: FrameSelector) {
        self.reader = reader
        self.selector = selector
    }

    var isEmpty: Bool { window.isEmpty }

    /// Whether the oldest packet must be taken before another one is added.
    var isFull: Bool {
        guard let last = window.last else { return false }
        let limit = last.needs == .alone ? PacketLookahead.shortWindow : PacketLookahead.longestWindow
        return window.count >= limit || bytes >= PacketLookahead.mostBytes
    }

    /// A packet relies on headers that may have been left out.
    var needsEarlierHeaders: Bool { reader.needsEarlierHeaders }

    /// Takes over the data of the next packet, its time stamps on the proxy's time line.
    func add(_ packet: borrowing Packet) throws(LibAVError) {
        let waiting: Waiting
        if let used = idle.popLast() { waiting = used } else { waiting = Waiting(try Packet.allocate()) }
        waiting.needs = reader.read(packet)
        waiting.pts = packet.pts
        waiting.slot = packet.pts.map(selector.slot(at:)) ?? 0
        waiting.givesFrame = packet.byteCount > 0 && !packet.isDiscarded && !packet.isCorrupt && packet.pts != nil
        bytes += packet.byteCount
        waiting.packet.take(from: packet)
        window.append(waiting)
    }

    /// The oldest packet, and whether it need not be decoded.
    ///
    /// - Parameter isEnd: no more packets follow.
    func next(isEnd: Bool) -> (waiting: Waiting, canBeLeftOut: Bool) {
        let canBeLeftOut = canLeaveOutFirst(isEnd: isEnd)
        let waiting = window.removeFirst()
        bytes -= waiting.packet.byteCount
        if waiting.givesFrame, let pts = waiting.pts {
            if past.count == PacketLookahead.longestWindow { past.removeFirst() }
            past.append((pts, waiting.slot))
        }
        return (waiting, canBeLeftOut)
    }

    /// Gives a taken packet's memory back for the next one.
    func recycle(_ waiting: Waiting) {
        waiting.packet.release()
        idle.append(waiting)
    }

    private func canLeaveOutFirst(isEnd: Bool) -> Bool {
        guard !isShown(window[0]), !window[0].needs.carriesHeaders else { return false }
        if window[0].needs.isDisposable { return true }
        for waiting in window.dropFirst() {
            if waiting.needs.isBarrier { return true }
            if isShown(waiting) || waiting.needs.carriesHeaders { return false }
        }
        return isEnd
    }

    /// Whether its frame may be shown. Without a time it may.
    private func isShown(_ waiting: Waiting) -> Bool {
        if waiting.packet.isDiscarded { return false }
        guard let pts = waiting.pts else { return true }
        let isHidden =
            window.contains { other in
                other.givesFrame && other.slot <= waiting.slot && other.pts.map { $0 > pts } ?? false
            } || past.contains { $0.pts > pts && $0.slot <= waiting.slot }
        return !isHidden
    }
}
