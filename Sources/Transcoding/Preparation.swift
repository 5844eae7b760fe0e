import Domain
import LibAV
import WorkerProtocol

/// What a worker does before it is asked, so that it need not be done later, when nothing can be opened any more: the
/// codecs' tables, the processor's features, and the encoder of messages.
public enum Preparation {
    public static func run() {
        CharacterSets.prepare()
        let settings = EncoderSettings(preset: .review)
        // What cannot be prepared is done, or fails with a reason, when it is needed.
        do {
            try CodecTables.prepare(
                videoEncoder: settings.videoEncoder, settings.videoOptions(areHalved: false),
                audioEncoder: settings.audioEncoder,
                settings.audioOptions)
        } catch {
            LogCapture.clear()
        }
        rehearse()
    }

    /// Touches what the conversation needs, so that its memory is there when the request comes. A process that was just
    /// borne has to fetch each page anew.
    public static func rehearse() {
        let task = WorkerRequest.Task.transcode(preset: .review, decodeThreads: 1)
        let request = try? WorkerChannel.encode(WorkerRequest(task, sandbox: .required))
        _ = request.flatMap { try? WorkerChannel.decodeRequest($0) }
        let progress = JobProgress(fraction: 0.5, speed: 1.5, etaSeconds: 1, frames: 1, framesPerSecond: 10.5)
        for message in [WorkerMessage.progress(progress), .sealed(SealReport())] {
            let bytes = try? WorkerChannel.encode(message)
            _ = bytes.flatMap { try? WorkerChannel.decodeMessage($0) }
        }
    }
}
