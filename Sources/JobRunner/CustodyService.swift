public import Domain
public import Logging
public import ServiceLifecycle
public import SystemPackage

/// Looks after published proxies: one that is deleted or altered behind our back is no longer called completed, and is
/// made again.
///
/// Events tell of most of it at once; a look at size, time and inode of all of them, at the start and every quarter of
/// an hour, of the rest; and slow reading, one proxy at a time, of what changes none of these.
public actor CustodyService: Service {
    /// What the service works with.
    public struct Tools: Sendable {
        public var store: any CustodyStore
        public var contents: any ProxyContents
        public var watches: any ProxyWatches
        public var policies: WatchPolicies
        /// Passed before anything is looked at: the rows follow their files first.
        public var gate: StartGate
        public var jobBell: Doorbell
        public var sidecarBell: Doorbell

        public init(
            store: any CustodyStore, contents: any ProxyContents, watches: any ProxyWatches, policies: WatchPolicies,
            gate: StartGate, jobBell: Doorbell, sidecarBell: Doorbell
        ) {
            self.store = store
            self.contents = contents
            self.watches = watches
            self.policies = policies
            self.gate = gate
            self.jobBell = jobBell
            self.sidecarBell = sidecarBell
        }
    }

    public struct Times: Sendable {
        /// What happens together is looked at together; our own renames are recorded meanwhile.
        public var grace = Duration.milliseconds(300)
        public var sweep = Duration.seconds(900)
        /// A proxy is read once in this time, where there are few enough of them; `nil` reads none.
        public var scrub: Duration? = .seconds(7 * 86_400)
        /// The shortest pause between two that are read.
        public var scrubPause = Duration.seconds(5)
        /// The pause is this many times longer than the reading took: so little of the disk's time is used.
        public var scrubLeisure = 20

        public init() {}
    }

    let tools: Tools
    private let times: Times
    private let logger: Logger
    private let patience: StorePatience
    private let bell = Doorbell()
    private let time: Stopwatch
    private var suspects: [FilePath: Duration] = [:]
    private var sweepDue = Duration.zero
    private var scrubDue: Duration
    private var isAtWork = true
    private var unreachable: Set<FilePath> = []

    private static let page = 500

    public init(
        tools: Tools, times: Times = Times(), logger: Logger, clock: any Clock<Duration> = ContinuousClock()
    ) {
        time = Stopwatch(clock)
        self.tools = tools
        self.times = times
        self.logger = logger
        patience = StorePatience(logger: logger, time: time)
        scrubDue = times.scrubPause
    }

    /// Whether something is left to look at, for `once`.
    public var isBusy: Bool { isAtWork || !suspects.isEmpty || sweepDue <= now }

    /// Something may have happened to a proxy, or to all below a directory.
    public func suspect(_ paths: some Sequence<FilePath> & Sendable) {
        for path in paths where suspects[path] == nil { suspects[path] = now + times.grace }
        bell.ring()
    }

    /// Looks after all proxies.
    public func sweepSoon() {
        sweepDue = now
        bell.ring()
    }

    public func run() async {
        await cancelWhenGracefulShutdown {
            await self.tools.gate.pass()
            await withDiscardingTaskGroup { group in
                group.addTask { await self.takeNews() }
                group.addTask { await self.lookAfterAll() }
            }
        }
    }

    private func takeNews() async {
        for await news in tools.watches.news {
            switch news {
            case .touched(let paths): suspect(paths)
            case .lost: sweepSoon()
            }
        }
    }

    private func lookAfterAll() async {
        while !Task.isCancelled {
            await work()
            await bell.wait(atMost: nap, clock: time.clock)
        }
    }

    /// One round of everything that is due.
    func work() async {
        isAtWork = true
        defer { isAtWork = false }
        if sweepDue <= now {
            sweepDue = now + times.sweep
            await sweep()
        }
        await lookAtSuspects()
        if scrubDue <= now, !Task.isCancelled { await scrub() }
    }

    private var now: Duration { time.now }

    private var nap: Duration {
        let dues = [suspects.values.min(), sweepDue, scrubDue].compactMap { $0 }
        return max(.milliseconds(1), (dues.min() ?? sweepDue) - now)
    }

    // MARK: Looks

    private func lookAtSuspects() async {
        for (path, due) in suspects where due <= now && !Task.isCancelled {
            suspects[path] = nil
            let store = tools.store
            let proxies = await patience.persist("read proxies") { () throws(StoreError) in
                try await store.completedProxies(atOrBelow: path)
            }
            for proxy in proxies ?? [] { await look(at: proxy, reading: .whereDoubtful) }
        }
    }

    private func sweep() async {
        let store = tools.store
        var last: String?
        unreachable = []
        while !Task.isCancelled {
            let after = last
            let page = await patience.persist("read proxies") { () throws(StoreError) in
                try await store.completedProxies(after: after, limit: CustodyService.page)
            }
            for proxy in page ?? [] where !Task.isCancelled {
                tools.watches.watch(proxy.path.removingLastComponent())
                await look(at: proxy, reading: .whereDoubtful)
            }
            guard let page, page.count == CustodyService.page else { break }
            last = page.last?.videoID
        }
    }

    /// Reads the next proxy in full.
    private func scrub() async {
        scrubDue = now + times.sweep
        guard let interval = times.scrub else { return }
        let store = tools.store
        let next = await patience.persist("find a proxy to read") { () throws(StoreError) in
            try await store.nextToRead(every: interval)
        }
        guard let proxy = next.flatMap({ $0 }) else { return }
        let begin = now
        await look(at: proxy, reading: .always)
        scrubDue = now + max(times.scrubPause, (now - begin) * times.scrubLeisure)
    }

    private func look(at proxy: PublishedProxy, reading: ContentReading) async {
        guard let policy = tools.policies.policy(containing: proxy.originalPath) else { return }
        let standing = await tools.contents.standing(of: proxy.file, at: proxy.path, reading: reading)
        if case .unreachable(let failure) = standing { return tell(failure, proxy) }
        // Its removal has begun: the row goes last.
        if standing == .missing, proxy.isOriginalMissing, policy.afterDeletion == .removeProxy { return }
        let store = tools.store
        let wasWritten = await patience.persist("record what became of a proxy") { () throws(StoreError) in
            try await store.take(standing, of: proxy, preset: policy.preset)
        }
        guard wasWritten == true else { return }
        report(standing, proxy)
        tools.jobBell.ring()
        tools.sidecarBell.ring()
    }

    private func report(_ standing: ProxyStanding, _ proxy: PublishedProxy) {
        let metadata = Logger.Metadata.original(proxy.originalPath).adding(["proxy": .name(proxy.path)])
        switch standing {
        case .missing: logger.warning("proxy is missing, made again", metadata: metadata)
        case .altered: logger.warning("proxy was altered, made again", metadata: metadata)
        case .replaced: logger.warning("a foreign file is at a proxy's place", metadata: metadata)
        case .elsewhere: logger.info("proxy recognised by its content", metadata: metadata)
        case .intact, .unreachable: break
        }
    }

    /// Once for each sweep and directory: where a disk is gone, all its proxies are.
    private func tell(_ failure: Failure, _ proxy: PublishedProxy) {
        let directory = proxy.path.removingLastComponent()
        guard unreachable.insert(directory).inserted else { return }
        logger.warning(
            "proxies are out of reach; nothing is done about them",
            metadata: Logger.Metadata.failure(failure).adding(["directory": .name(directory)]))
    }
}
