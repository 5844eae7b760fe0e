public import Domain
import GRDB

/// What holds the queue as a whole back.
extension Catalog {
    public func setPaused(_ isPaused: Bool) async throws(StoreError) -> Bool {
        try await control(isPaused ? .pause : .resume)
    }

    public func pausedSince() async throws(StoreError) -> String? {
        try await read { transaction in try transaction.row(QueueSQL.pausedSince)?["paused_at"] }
    }

    public func setWithinHours(_ isWithin: Bool) async throws(StoreError) -> Bool {
        try await control(isWithin ? .openHours : .closeHours)
    }

    public func localTime() async throws(StoreError) -> LocalTime {
        try await read { transaction in
            guard let row = try transaction.row(QueueSQL.localTime), let time = LocalTime(row["weekday"], row["second"])
            else { throw StoreError(.other, "The database's clock gives no local time.") }
            return time
        }
    }

    private func control(_ statement: QueueSQL) async throws(StoreError) -> Bool {
        try await write { transaction in
            guard try transaction.run(statement) == 1 else { return false }
            _ = try transaction.run(QueueSQL.touchQueued)
            return true
        }
    }
}

extension LocalTime {
    fileprivate init?(_ weekday: Int, _ second: Int) {
        guard let day = Weekday(rawValue: weekday) else { return nil }
        self.init(weekday: day, secondOfDay: second)
    }
}
