import Domain
import DurableFiles
import JobRunner
import Logging
import ServiceLifecycle
import SystemPackage

/// Writes the metrics to a file for the node exporter's textfile collector: whole or not at all, every 15 seconds, so that
/// the file's age shows whether the daemon lives.
struct MetricsFileService: Service {
    let file: FilePath
    let source: MetricsSource
    let logger: Logger

    private static let interval = Duration.seconds(15)
    private static let temporaryName = FileName(".understudy-metrics.tmp")

    func run() async {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await self.write()
                try? await Task.sleep(for: MetricsFileService.interval)  // Cancelled: the loop ends at its condition.
            }
        }
    }

    private func write() async {
        let text = await source.text()
        do throws(Failure) {
            try AtomicFile.writeLightly(
                Array(text.utf8), to: file, temporaryName: MetricsFileService.temporaryName)
        } catch {
            logger.warning("metrics not written", metadata: .failure(error))
        }
    }
}
