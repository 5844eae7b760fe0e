public import Domain
import GRDB
public import SystemPackage

/// What people, and the look at published proxies, ask for.
extension Catalog {
    public func retry(_ path: FilePath, preset: Preset) async throws(StoreError) -> RetryOutcome {
        try await write { transaction in
            guard let known = try KnownOriginal(at: path, in: transaction) else { return .unknown }
            guard known.uploadStatus == .uploaded else { return .notUploaded }
            if let status = known.jobStatus, !status.isFinal { return .alreadyQueued }
            let job = try transaction.queueJob(for: known.id, preset: preset)
            try transaction.runOnce(
                VideoSQL.markQueued, ["video": known.id, "job": job, "preset": preset.name])
            try transaction.note(.queued, known.id, ["job": job, "reason": "a person asked for a retry"])
            return .queued
        }
    }

    public func recordProxyLost(_ path: FilePath, preset: Preset) async throws(StoreError) -> Bool {
        try await write { transaction in
            guard let known = try KnownOriginal(at: path, in: transaction), known.processingStatus == .completed else {
                return false
            }
            let job = try transaction.queueJob(for: known.id, preset: preset)
            try transaction.runOnce(
                VideoSQL.markLost, ["video": known.id, "job": job, "preset": preset.name])
            try transaction.note(.proxyLost, known.id, ["job": job])
            return true
        }
    }

    public func cancel(_ path: FilePath) async throws(StoreError) -> String? {
        try await write { transaction in
            guard let known = try KnownOriginal(at: path, in: transaction) else { return nil }
            let failure = Failure(.cancelled, "A person cancelled the job; ask for a retry to have a proxy made.")
            let cancelled = try transaction.row(
                JobSQL.cancelLive, ["video": known.id, "message": failure.message])
            guard let cancelled else { return nil }
            let job: String = cancelled["id"]
            try transaction.failVideo(
                known.id, job: job, failure: try StoreJSON.encode(FailureRecord(failure)))
            try transaction.note(.cancelled, known.id, ["job": job, "reason": "a person cancelled it"])
            return job
        }
    }
}
