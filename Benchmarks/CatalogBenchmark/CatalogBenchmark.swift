import Catalog
import Domain
import Glibc
import SystemPackage

/// Times enqueueing, claiming and completing jobs that do nothing, in a database of its own, with the settings of the
/// daemon (WAL, synchronous=FULL): the store's own cost, and the disk's.
///
/// `catalog-benchmark DIRECTORY JOBS ROWS_BEFORE`; `Benchmarks/catalog` runs it beside bare SQL.
@main struct CatalogBenchmark {
    private let catalog: Catalog
    private let jobs: Int

    private static let hash = String(repeating: "a", count: 64)
    private static let intent = PublishIntent(
        file: PublishedFile(inode: 8, sizeBytes: 9, modifiedNanoseconds: 10, sha256: hash),
        result: ProxyDescription(
            sizeBytes: 9, sha256: hash, durationSeconds: 61.04, frames: 610, width: 854, height: 480,
            frameRate: "10/1", videoCodec: "h264", audioCodec: "aac", warnings: []))

    static func main() async throws {
        let words = CommandLine.arguments
        guard words.count == 4, let jobs = Int(words[2]), let before = Int(words[3]) else {
            print("usage: catalog-benchmark DIRECTORY JOBS ROWS_BEFORE")
            exit(64)
        }
        let benchmark = CatalogBenchmark(catalog: try Catalog.open(in: FilePath(words[1])), jobs: jobs)
        try await benchmark.fill(before)
        let clock = ContinuousClock()
        let enqueued = try await clock.measure { try await benchmark.enqueue() }
        let ended = try await clock.measure { try await benchmark.completeAll() }
        print("\(enqueued / .seconds(1)) \(ended / .seconds(1))")
        try benchmark.catalog.close()
    }

    /// Rows that are there already, with queued jobs.
    private func fill(_ before: Int) async throws {
        for start in stride(from: 0, to: before, by: 500) {
            let numbers = start..<min(start + 500, before)
            _ = try await catalog.recordArrivals(numbers.map { arrival(jobs + $0) })
        }
    }

    /// One transaction for each.
    private func enqueue() async throws {
        for number in 0..<jobs { _ = try await catalog.recordArrivals([arrival(number)]) }
    }

    /// Three transactions for each: claim, intent, completion.
    private func completeAll() async throws {
        var left = jobs
        while left > 0 {
            for queued in try await catalog.claimableJobs(limit: min(64, left)) {
                guard let job = try await catalog.claim(queued.id, lease: "benchmark"),
                    try await catalog.recordIntent(job.token, intent: CatalogBenchmark.intent),
                    try await catalog.complete(job.token)
                else { preconditionFailure("nobody else claims jobs here") }
                left -= 1
            }
        }
    }

    private func arrival(_ number: Int) -> Arrival {
        let folder = FilePath("/bench/cam\(number % 100)/original")
        let location = OriginalLocation(
            root: "/bench", dropFolder: folder, path: folder.appending("C\(number).mov"))
        let identity = FileIdentity(
            device: 1, inode: UInt64(number) + 1, sizeBytes: 1_000_000 + Int64(number), modifiedNanoseconds: 1,
            changedNanoseconds: 1)
        let sighting = Sighting(
            location: location, identity: identity, destination: FilePath("/bench/cam\(number % 100)/proxy"),
            presetName: "review", containerExtension: "mp4")
        return Arrival(
            sighting: sighting, evidence: [.noWriter], preset: .review,
            fingerprint: ContentFingerprint(text: "benchmark-\(number)"))
    }
}
