public import Domain
import GRDB

/// What is to be told of a job that ended, to one hook.
public struct Delivery: Sendable, Hashable {
    public let id: Int64
    public let hook: String
    /// `completed` or `failed`.
    public let event: ProcessingStatus
    public let jobID: String
    public let videoID: String
    /// Tries that have failed.
    public let attempts: Int
}

extension Catalog {
    /// Says who wants to be told of what from now on. What is due to others is dropped.
    public func setHooks(_ hooks: [(name: String, event: ProcessingStatus)]) async throws(StoreError) {
        let known = hooks.map { ["name": $0.name, "event": $0.event.rawValue] }
        let former = try await read { transaction in
            try transaction.rows(DeliverySQL.hooks).map {
                ["name": $0["name"] as String, "event": $0["event"] as String]
            }
        }
        // A start that changes nothing writes nothing.
        guard Set(former) != Set(known) else { return }
        try await write { transaction in
            _ = try transaction.run(DeliverySQL.forgetHooks)
            for hook in known { try transaction.runOnce(DeliverySQL.addHook, hook) }
            _ = try transaction.run(DeliverySQL.dropUnwanted)
        }
    }

    /// Deliveries that may be tried now, the oldest first.
    public func dueDeliveries(limit: Int) async throws(StoreError) -> [Delivery] {
        try await read { transaction in
            try transaction.rows(DeliverySQL.due, ["limit": limit]).map { row in
                Delivery(
                    id: row["id"], hook: row["hook"], event: try row.state("event"), jobID: row["job_id"],
                    videoID: row["video_id"], attempts: row["attempts"])
            }
        }
    }

    /// How long until one may be tried again; `nil` where none waits.
    public func timeUntilNextDelivery() async throws(StoreError) -> Duration? {
        try await read { transaction in
            let milliseconds: Int? = try transaction.row(DeliverySQL.millisecondsUntilDue)?[0]
            return milliseconds.map { .milliseconds(max($0, 0)) }
        }
    }

    /// It was taken, or given up.
    public func removeDelivery(_ id: Int64) async throws(StoreError) {
        try await write { transaction in _ = try transaction.run(DeliverySQL.remove, ["id": id]) }
    }

    /// It was not taken: to be tried again after `delay`.
    public func postponeDelivery(_ id: Int64, by delay: Duration) async throws(StoreError) {
        let milliseconds = Int64(delay / .milliseconds(1))
        try await write { transaction in
            _ = try transaction.run(DeliverySQL.postpone, ["id": id, "delay": milliseconds])
        }
    }
}
