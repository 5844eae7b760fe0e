import Dispatch
import Domain
import FoundationEssentials
import LocalSockets
import Logging
import ServiceLifecycle
import SystemPackage

/// Answers the command line on the control socket.
struct ControlService: Service {
    let listener: SocketListener
    let commander: Commander
    let logger: Logger
    /// Called once the daemon runs and minds signals.
    let announce: @Sendable () -> Void

    private struct Incoming: Sendable {
        let peer: SequencedSocket
        let message: [UInt8]
    }

    /// Requests that wait for an answer; further peers are refused by the closed connection and try again.
    private static let waitingRequests = 32

    func run() async {
        announce()
        let (stream, continuation) = AsyncStream.makeStream(
            of: Incoming.self, bufferingPolicy: .bufferingOldest(ControlService.waitingRequests))
        DispatchQueue(label: "understudy.control").async { receive(into: continuation) }
        await withGracefulShutdownHandler {
            for await incoming in stream { await answer(incoming) }
        } onGracefulShutdown: {
            listener.shutDown()
        }
    }

    /// Runs on a thread of its own until the listener is shut down.
    private func receive(into continuation: AsyncStream<Incoming>.Continuation) {
        defer { continuation.finish() }
        while true {
            do {
                guard let peer = try listener.accept() else { return }
                guard let received = try peer.receive(maximumBytes: ControlSocket.maximumMessageBytes) else { continue }
                for descriptor in received.descriptors { try descriptor.close() }
                continuation.yield(Incoming(peer: peer, message: received.message))
            } catch {
                logger.debug("control connection dropped", metadata: ["reason": "\(error)"])
            }
        }
    }

    private func answer(_ incoming: Incoming) async {
        let reply: ControlReply
        do {
            let request = try JSONDecoder().decode(ControlRequest.self, from: Data(incoming.message))
            reply = await commander.carryOut(request)
        } catch {
            reply = .refused("the request was not understood; are the daemon and the command of one version?")
        }
        do {
            try incoming.peer.send(Array(try JSONEncoder().encode(reply)))
        } catch {
            logger.debug("control answer not taken", metadata: ["reason": "\(error)"])
        }
    }
}
