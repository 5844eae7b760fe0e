import Domain
import Glibc
import Logging
import Supervision
import SystemPackage
import WorkerProtocol

/// What the seal and the waiting worker cost and save: the same clip is transcoded by workers that are sealed and were
/// started before anybody needed them, and by bare ones that are started when they are needed, in turns.
///
/// `seal-benchmark WORKER CLIP ROUNDS`; `Benchmarks/seal` makes the clip and the ratios. One line for each transcode:
/// kind, processor seconds of the worker's whole life, seconds by the clock, milliseconds from the request to the first
/// read of the original and to the description of its streams, for which their first packets have been read.
@main struct SealBenchmark {
    private let worker: FilePath
    private let clip: FilePath
    private static let patience = Duration.seconds(120)

    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 4, let rounds = Int(words[3]) else {
            print("usage: seal-benchmark WORKER CLIP ROUNDS")
            exit(64)
        }
        let benchmark = SealBenchmark(worker: FilePath(words[1]), clip: FilePath(words[2]))
        let sealed = benchmark.supervisor(.required, spares: 1)
        let bare = benchmark.supervisor(.off, spares: 0)
        let keeping = Task { await sealed.keepSpares() }
        // The first of each warms the caches and is not told.
        for round in 0...rounds {
            try await benchmark.measure("sealed", sealed, isTold: round > 0)
            try await benchmark.measure("bare", bare, isTold: round > 0)
        }
        sealed.stopSpares()
        await keeping.value
    }

    private func supervisor(_ sandbox: SandboxPolicy, spares: Int) -> WorkerSupervisor {
        WorkerSupervisor(
            executable: worker, sandbox: sandbox, patience: SealBenchmark.patience, spares: spares,
            logger: Logger(label: "seal-benchmark"))
    }

    private func measure(_ kind: String, _ supervisor: WorkerSupervisor, isTold: Bool) async throws {
        // A spare that is still loading would not be one that waits. Both kinds get the same pause.
        try await Task.sleep(for: .seconds(1))
        let original = try FileDescriptor.open(clip, .readOnly)
        let place = FilePath("\(clip).proxy")
        let output = try FileDescriptor.open(
            place, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
        defer { _ = unsafe unlink(place.string) }
        let before = SealBenchmark.childrenSeconds
        let firstRead = try FirstRead(of: clip)
        let described = Moment()
        let start = ContinuousClock.now
        _ = try await supervisor.transcode(original, named: "clip", into: output, preset: .review) { event in
            if case .media = event { described.note() }
        }
        let wall = ContinuousClock.now - start
        let cpu = SealBenchmark.childrenSeconds - before
        guard let read = firstRead.value, let media = described.value else {
            preconditionFailure("a proxy without a read of its original")
        }
        try original.close()
        try output.close()
        guard isTold else { return }
        print(kind, cpu, wall / .seconds(1), (read - start) / .milliseconds(1), (media - start) / .milliseconds(1))
    }

    /// User and system time of all children that have ended and were waited for (getrusage(2)).
    private static var childrenSeconds: Double {
        var usage = rusage()
        unsafe getrusage(RUSAGE_CHILDREN.rawValue, &usage)
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
}
