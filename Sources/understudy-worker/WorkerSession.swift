import CLinux
import Domain
import Glibc
import LocalSockets
import Sealing
import SystemPackage
import Transcoding
import WorkerProtocol

/// The conversation with the supervisor: one request, the seal, any number of events, one outcome. Before the request, any
/// number of births.
struct WorkerSession {
    let channel: SequencedSocket

    func run() -> WorkerExit {
        var received: (message: [UInt8], descriptors: [FileDescriptor])
        repeat {
            do {
                guard let next = try channel.receive(maximumBytes: WorkerChannel.maximumMessageBytes) else {
                    return .channelLost
                }
                received = next
            } catch {
                return .channelLost
            }
        } while bear(for: received)
        guard let request = try? WorkerChannel.decodeRequest(received.message),  // Exit 65 says all there is to say.
            request.descriptorCount == received.descriptors.count
        else { return .badRequest }
        let report = seal(for: request, received.descriptors)
        if request.sandbox == .required, request.task != .inspect, !report.isWhole {
            complain("the seal has gaps: \(report.gapText)\n")
            return .notSealed
        }
        send(.sealed(report))
        send(outcome(of: request, received.descriptors))
        return .answered
    }

    /// Bears another worker where that was asked for: both go on to wait for their next message, each on its own channel.
    private func bear(for received: (message: [UInt8], descriptors: [FileDescriptor])) -> Bool {
        guard received.message == WorkerBirth.request, received.descriptors.count == 2 else { return false }
        let process = clinux_fork_sibling()
        if process == 0 {
            // The new one: its channel and its complaints take the old ones' places.
            _ = dup2(received.descriptors[0].rawValue, STDIN_FILENO)
            _ = dup2(received.descriptors[1].rawValue, STDERR_FILENO)
            closefrom(STDERR_FILENO + 1)
            _ = clinux_die_with_parent()
            Preparation.rehearse()
            Room.rehearse()
            return true
        }
        for descriptor in received.descriptors { _ = close(descriptor.rawValue) }
        do {
            try channel.send(WorkerBirth.answer(process: process))
        } catch {
            exit(WorkerExit.channelLost.rawValue)
        }
        return true
    }

    /// Gives up everything that the task does not need. From here on this process may belong to an attacker.
    private func seal(for request: WorkerRequest, _ descriptors: [FileDescriptor]) -> SealReport {
        guard request.sandbox != .off else {
            return SealReport(gaps: SealReport.Part.allCases.map { .init($0, "switched off") })
        }
        let isTranscode = descriptors.count == 2
        return Room(
            channel: channel.descriptor, diagnostics: .standardError, readable: descriptors,
            writable: isTranscode ? [descriptors[1]] : [], limits: request.limits
        ).seal()
    }

    private func outcome(of request: WorkerRequest, _ descriptors: [FileDescriptor]) -> WorkerMessage {
        let limits = request.limits
        do throws(Failure) {
            switch request.task {
            case .transcode(let preset, let threads):
                let transcode = ProxyTranscode(preset: preset, limits: limits, decodeThreads: threads)
                return .transcoded(
                    try transcode.run(descriptors[0], into: descriptors[1]) { event in
                        switch event {
                        case .media(let media): send(.media(media))
                        case .progress(let progress): send(.progress(progress))
                        }
                    })
            case .verify(let report):
                return .verified(try ProxyVerification(against: report, limits: limits).run(descriptors[0]))
            case .probe:
                return .probed(try MediaProbe.describe(descriptors[0], limits: limits))
            case .inspect:
                return .inspected
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

    private func complain(_ text: String) {
        // There is nobody else to tell.
        _ = try? FileDescriptor.standardError.writeAll(text.utf8)
    }
}
