import Domain
import LibAV
import Synchronization
import SystemPackage

/// The output file: opened with the first picture, for only that says how large pictures are; sound that is encoded
/// before waits here. Picture and sound may come from two threads.
final class ProxyWriter {
    /// Encoded frames of sound (about 21 ms each) that wait for the first picture at most: more than half an hour.
    private static let longestQueue = 100_000

    private final class QueuedPacket {
        let packet: Packet
        init(_ packet: consuming Packet) { self.packet = packet }
    }

    /// One writer at a time.
    private let lock = Mutex(())
    private let container: OutputContainer
    private var videoStream: Int?
    private var audioStream: Int?
    private var queue: [QueuedPacket] = []
    private var audioTimeBase = Rational(1, 1)

    init(output: FileDescriptor) throws(Failure) {
        container = try writing { () throws(LibAVError) in try OutputContainer.create(on: output) }
    }

    var isOpen: Bool { lock.withLock { _ in videoStream != nil } }

    /// Writes the header, then the sound that waited.
    /// - Parameter addPicture: adds the picture's stream and returns its index.
    func open(
        audio: (any SoundPath)?, creationTime: String?,
        addPicture: (borrowing OutputContainer) throws(LibAVError) -> Int
    ) throws(Failure) {
        try lock.withLock { _ throws(Failure) in try begin(audio, creationTime, addPicture) }
    }

    private func begin(
        _ audio: (any SoundPath)?, _ creationTime: String?,
        _ addPicture: (borrowing OutputContainer) throws(LibAVError) -> Int
    ) throws(Failure) {
        do {
            videoStream = try addPicture(container)
            if let audio {
                audioStream = try audio.addStream(to: container)
                audioTimeBase = audio.timeBase
            }
            try container.writeHeader(creationTime: creationTime)
            if let audioStream {
                for waiting in queue {
                    try container.write(waiting.packet, toStream: audioStream, from: audioTimeBase)
                }
            }
        } catch {
            throw Failure.writing(error)
        }
        queue = []
    }

    func writeVideo(_ packet: borrowing Packet, from timeBase: Rational) throws(Failure) {
        try lock.withLock { _ throws(Failure) in
            guard let videoStream else { return }
            try writing { () throws(LibAVError) in
                try container.write(packet, toStream: videoStream, from: timeBase)
            }
        }
    }

    func writeAudio(_ packet: borrowing Packet, from timeBase: Rational) throws(Failure) {
        try lock.withLock { _ throws(Failure) in try writeOrKeep(packet, timeBase) }
    }

    private func writeOrKeep(_ packet: borrowing Packet, _ timeBase: Rational) throws(Failure) {
        do {
            if let audioStream {
                try container.write(packet, toStream: audioStream, from: timeBase)
                return
            }
            let copy = try Packet.allocate()
            copy.take(from: packet)
            queue.append(QueuedPacket(copy))
        } catch {
            throw Failure.writing(error)
        }
        guard queue.count <= ProxyWriter.longestQueue else {
            throw Failure(
                .limitExceeded, "The original has no picture in its first half hour of sound: cut the sound off.")
        }
    }

    func finish() throws(Failure) {
        do {
            try container.finish()
        } catch {
            throw Failure.writing(error)
        }
    }
}
