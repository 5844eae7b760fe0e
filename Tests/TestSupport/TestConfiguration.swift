import SystemPackage

/// A configuration file with short waits, and small demands on the disk of the machine that runs the tests.
public struct TestConfiguration: Sendable {
    public var minFreeSpace: String
    public var settle: String
    public var stallTimeout: String
    public var workers: Int
    /// 0: the gate holds a worker for each job, and none that waits for one.
    public var spareWorkers: Int
    public var sandbox: String
    /// Further lines of the `[[watch]]` entry.
    public var watchLines: String

    public init(
        minFreeSpace: String = "1 MiB", settle: String = "1s", stallTimeout: String = "1s", workers: Int = 2,
        spareWorkers: Int = 0, sandbox: String = "required", watchLines: String = ""
    ) {
        self.minFreeSpace = minFreeSpace
        self.settle = settle
        self.stallTimeout = stallTimeout
        self.workers = workers
        self.spareWorkers = spareWorkers
        self.sandbox = sandbox
        self.watchLines = watchLines
    }

    func text(root: FilePath, stateDirectory: FilePath) -> String {
        """
        [daemon]
        state_dir = "\(stateDirectory)"
        workers = \(workers)
        spare_workers = \(spareWorkers)
        sandbox = "\(sandbox)"
        min_free_space = "\(minFreeSpace)"

        [[watch]]
        root = "\(root)"
        settle = "\(settle)"
        stall_timeout = "\(stallTimeout)"
        \(watchLines)

        """
    }
}
