import Dispatch
import LocalSockets
import Logging
import ServiceLifecycle

/// Answers `GET /metrics` on a loopback address.
struct MetricsEndpoint: Service {
    let listener: HTTPListener
    let source: MetricsSource
    let logger: Logger

    /// Requests that wait for an answer; further ones are dropped.
    private static let waitingRequests = 8
    private static let type = "text/plain; version=0.0.4; charset=utf-8"

    func run() async {
        let (stream, continuation) = AsyncStream.makeStream(
            of: HTTPListener.Exchange.self, bufferingPolicy: .bufferingOldest(MetricsEndpoint.waitingRequests))
        DispatchQueue(label: "understudy.metrics").async { receive(into: continuation) }
        await withGracefulShutdownHandler {
            for await exchange in stream { await answer(exchange) }
            // A service that returns early would end the daemon: it goes on without its metrics.
            try? await gracefulShutdown()
        } onGracefulShutdown: {
            listener.shutDown()
        }
    }

    /// Runs on a thread of its own until the listener is shut down.
    private func receive(into continuation: AsyncStream<HTTPListener.Exchange>.Continuation) {
        defer { continuation.finish() }
        do {
            while let exchange = try listener.next() { continuation.yield(exchange) }
        } catch {
            logger.error("metrics are not served any more", metadata: ["reason": "\(error)"])
        }
    }

    private func answer(_ exchange: HTTPListener.Exchange) async {
        guard ["GET", "HEAD"].contains(exchange.method) else {
            return exchange.respond("405 Method Not Allowed", Array("GET /metrics\n".utf8))
        }
        guard exchange.target.split(separator: "?").first == "/metrics" else {
            return exchange.respond("404 Not Found", Array("GET /metrics\n".utf8))
        }
        exchange.respond("200 OK", type: MetricsEndpoint.type, Array(await source.text().utf8))
    }
}
