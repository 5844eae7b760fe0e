import Domain
import LibAV
import Synchronization

/// A way of the sound on a thread of its own.
final class SoundStage: SoundPath {
    /// Bytes of packets that wait at most, and what a packet takes beside its data.
    private static let capacity = 256 << 10
    private static let overhead = 4 << 10

    private final class Waiting {
        let packet: Packet
        init(_ packet: consuming Packet) { self.packet = packet }
    }

    private let path: any SoundPath
    private let stage: Stage<Waiting>
    private let doubt: Doubt

    private final class Doubt: Sendable {
        let isThere = Atomic(false)
    }

    let timeBase: Rational

    /// - Parameter path: is the stage's from now on.
    /// - Returns: `nil` where there is no thread to be had.
    init?(_ path: any SoundPath) {
        let doubt = Doubt()
        let stage = Stage<Waiting>(capacity: SoundStage.capacity) { waiting throws(Failure) in
            if !path.isInDoubt { try path.take(waiting.packet) }
            if path.isInDoubt { doubt.isThere.store(true, ordering: .relaxed) }
            waiting.packet.release()
        }
        guard let stage else { return nil }
        self.path = path
        self.stage = stage
        self.doubt = doubt
        timeBase = path.timeBase
    }

    /// After `finish`.
    var durationSeconds: Double? { path.durationSeconds }
    /// After `finish`.
    var warning: String? { path.warning }
    var isInDoubt: Bool { doubt.isThere.load(ordering: .relaxed) }

    /// Reads only what was settled before the first packet.
    func addStream(to container: borrowing OutputContainer) throws(LibAVError) -> Int {
        try path.addStream(to: container)
    }

    /// Takes over the packet's data.
    func take(_ packet: borrowing Packet) throws(Failure) {
        let waiting: Waiting
        if let used = stage.spare() {
            waiting = used
        } else {
            waiting = Waiting(try writing { () throws(LibAVError) in try Packet.allocate() })
        }
        let weight = packet.byteCount + SoundStage.overhead
        waiting.packet.take(from: packet)
        try stage.give(waiting, weight: weight)
    }

    func finish() throws(Failure) {
        try stage.finish()
        if !path.isInDoubt { try path.finish() }
        if path.isInDoubt { doubt.isThere.store(true, ordering: .relaxed) }
    }
}
