import SystemPackage

/// Writes a line at once: whoever ends the program early has seen all so far.
func say(_ line: String) {
    // Where nobody listens, nothing is to be told.
    _ = try? FileDescriptor.standardOutput.writeAll(Array("\(line)\n".utf8))
}

/// What the command line asks for.
struct Options {
    private(set) var seeds: ClosedRange<UInt64>
    private(set) var events = 500
    private(set) var isVerbose = false
    private(set) var isTwice = false

    struct Unusable: Error, CustomStringConvertible {
        let description = "usage: Simulator FIRST LAST [--events N] [--trace] [--twice]"
    }

    init(_ arguments: some Sequence<String>) throws {
        var numbers: [UInt64] = []
        var isCount = false
        for argument in arguments {
            switch argument {
            case "--trace": isVerbose = true
            case "--twice": isTwice = true
            case "--events": isCount = true
            default:
                guard let number = UInt64(argument) else { throw Unusable() }
                if isCount { events = Int(number) } else { numbers.append(number) }
                isCount = false
            }
        }
        guard let first = numbers.first, numbers.count <= 2, first <= numbers.last ?? 0 else { throw Unusable() }
        seeds = first...(numbers.last ?? first)
    }
}

/// Simulates seed after seed.
struct Run {
    let options: Options
    let loop: VirtualLoop
    let database: VirtualDatabase

    /// - Returns: whether all seeds are well.
    func perform() throws -> Bool {
        var (events, lives, failures) = (0, 0, 0)
        let start = ContinuousClock.now
        for seed in options.seeds {
            let outcome = try simulate(seed)
            events += outcome.events
            lives += outcome.lives
            if let violation = outcome.violation {
                failures += 1
                say("seed \(seed): \(violation)")
            }
            guard options.isTwice else { continue }
            let again = try simulate(seed)
            guard again.hash != outcome.hash else { continue }
            failures += 1
            say("seed \(seed): two runs differ")
        }
        let seconds = max((ContinuousClock.now - start).microseconds, 1)
        let rate = Int64(events) * 1_000_000 / seconds
        say(
            "seeds \(options.seeds.count) events \(events) lives \(lives) failed \(failures)"
                + " seconds \(seconds / 1_000_000) events_per_second \(rate)")
        return failures == 0
    }

    private func simulate(_ seed: UInt64) throws -> Simulation.Outcome {
        try Simulation(
            seed: seed, events: options.events, loop: loop, database: database, isVerbose: options.isVerbose
        ).run()
    }
}
