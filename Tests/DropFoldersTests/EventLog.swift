import Domain

/// Collects a watcher's events and lets tests wait for what they show.
actor EventLog {
    /// The one limit of every wait.
    static let deadline = Duration.seconds(60)

    private(set) var picture = Picture()
    private var waiters:
        [Int: (condition: @Sendable (Picture) -> Bool, continuation: CheckedContinuation<Bool, Never>)] =
            [:]
    private var nextWaiter = 0

    func take(_ batch: [DropFolderEvent]) {
        for event in batch { picture.take(event) }
        for (number, waiter) in waiters where waiter.condition(picture) { answer(number, true) }
    }

    /// - Returns: whether the condition came to hold before the deadline.
    func wait(until condition: @escaping @Sendable (Picture) -> Bool) async -> Bool {
        if condition(picture) { return true }
        nextWaiter += 1
        let number = nextWaiter
        let timer = Task {
            // Cancelled when the answer came first.
            guard (try? await Task.sleep(for: EventLog.deadline)) != nil else { return }
            answer(number, false)
        }
        defer { timer.cancel() }
        return await withCheckedContinuation { waiters[number] = (condition, $0) }
    }

    private func answer(_ number: Int, _ isHeld: Bool) {
        waiters.removeValue(forKey: number)?.continuation.resume(returning: isHeld)
    }
}
