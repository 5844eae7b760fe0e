import Domain
import Glibc
import LocalSockets
import SystemPackage
import Transcoding
import WorkerProtocol

/// The conversation with the supervisor: one request, any number of events, one outcome.
struct WorkerSession {
    let channel: SequencedSocket

    func run() -> WorkerExit {
        let received: (message: [UInt8], descriptors: [FileDescriptor])
        do {
            guard let next = try channel.receive(maximumBytes: WorkerChannel.maximumMessageBytes) else {
                return .channelLost
            }
            received = next
        } catch {
            return .channelLost
        }
        guard let request = try? WorkerChannel.decodeRequest(received.message),  // Exit 65 says all there is to say.
            request.descriptorCount == received.descriptors.count
        else { return .badRequest }
        send(outcome(of: request, received.descriptors))
        return .answered
    }

    private func outcome(of request: WorkerRequest, _ descriptors: [FileDescriptor]) -> WorkerMessage {
        do throws(Failure) {
            switch request {
            case .transcode(let preset, let limits):
                return .transcoded(
                    try ProxyTranscode(preset: preset, limits: limits).run(descriptors[0], into: descriptors[1]) {
                        event in
                        switch event {
                        case .media(let media): send(.media(media))
                        case .progress(let progress): send(.progress(progress))
                        }
                    })
            case .verify(let report, let limits):
                return .verified(try ProxyVerification(against: report, limits: limits).run(descriptors[0]))
            case .probe(let limits):
                return .probed(try MediaProbe.describe(descriptors[0], limits: limits))
            }
        } catch {
            return .failed(error)
        }
    }

    /// Sends a message, or ends the process: nobody would learn of its work.
    private func send(_ message: WorkerMessage) {
        do {
            try channel.send(try WorkerChannel.encode(message))
        } catch {
            exit(WorkerExit.channelLost.rawValue)
        }
    }
}
