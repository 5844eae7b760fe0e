/// Holds the frames that came out of a decoder against the packets that went in: one for one, with the same times and
/// in presentation order. Only then is it sure that leaving packets out changed nothing.
struct FrameLedger {
    /// Frames in a row that must agree before packets are left out.
    private static let neededAgreement = 4

    /// Times of packets whose frames have not come yet.
    private var awaited: [Int64] = []
    private var agreement = 0
    private var lastPts = Int64.min
    private(set) var hasLeftOut = false
    /// Something was left out, and it cannot be excluded any more that it would have been shown.
    private(set) var isInDoubt = false

    /// Whether packets may be left out now.
    var isSure: Bool { !isInDoubt && agreement >= FrameLedger.neededAgreement }

    mutating func didSend(_ pts: Int64?) {
        guard let pts else { return noteTrouble() }
        awaited.append(pts)
        // A decoder that holds more back than any codec allows has lost them.
        if awaited.count > 200 {
            noteTrouble()
            awaited.removeAll()
        }
    }

    mutating func didLeaveOut() { hasLeftOut = true }

    mutating func didReceive(_ pts: Int64?) {
        guard let pts, let index = awaited.firstIndex(of: pts), pts > lastPts else { return noteTrouble() }
        awaited.remove(at: index)
        let count = awaited.count
        awaited.removeAll { $0 < pts }
        lastPts = pts
        if awaited.count == count { agreement += 1 } else { noteTrouble() }
    }

    mutating func didEnd() {
        if !awaited.isEmpty { noteTrouble() }
    }

    /// The decoder or the demuxer met damage.
    mutating func noteTrouble() {
        agreement = 0
        if hasLeftOut { isInDoubt = true }
    }
}
