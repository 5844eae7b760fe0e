/// Decides when the daemon may say that it lives: when everything that must go on has come round since it was last asked
/// to. Pure.
///
/// Life of a round: `ask` (or `feed`) has everybody poked; later ticks compare; when all have answered, and half of the
/// manager's patience has passed, `feed` ends the round and begins the next. Who does not answer ends the feeding.
struct Pulse: Sendable {
    enum Organ: String, Sendable, Hashable, CaseIterable {
        /// The thread that drains the kernel's event queue.
        case reader
        /// The thread that looks at directories.
        case watcher
        /// The loop that claims jobs.
        case scheduler
        /// The connection that writes.
        case database
    }

    /// What an organ shows.
    struct Sign: Sendable, Hashable {
        /// Rounds so far.
        var count: UInt64
        /// Whether it stands still for a reason that will pass: a full disk under the database, a consumer that is slower.
        var isExcused = false
    }

    enum Action: Sendable, Hashable {
        /// Poke everybody.
        case ask
        /// Say that the daemon lives, and poke everybody.
        case feed
        case wait
        /// It is time, but these have not come round.
        case withhold([Organ])
    }

    /// Between two feedings, at least.
    let interval: Duration
    private var asked: [Organ: UInt64]?
    private var due: Duration = .zero

    init(interval: Duration) { self.interval = interval }

    mutating func tick(at now: Duration, _ signs: [Organ: Sign]) -> Action {
        guard let asked else {
            begin(at: now, signs)
            return .ask
        }
        guard now >= due else { return .wait }
        let silent = Organ.allCases.filter { organ in
            guard let sign = signs[organ] else { return true }
            return !sign.isExcused && sign.count == asked[organ]
        }
        guard silent.isEmpty else { return .withhold(silent) }
        begin(at: now, signs)
        return .feed
    }

    private mutating func begin(at now: Duration, _ signs: [Organ: Sign]) {
        asked = signs.mapValues(\.count)
        due = now + interval
    }
}
