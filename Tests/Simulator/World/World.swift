import Domain
import JobRunner
import SystemPackage

/// Everything outside the daemon: the NAS with its uploaders, strangers and mounts, the clocks, and all chance.
final class World: @unchecked Sendable {
    // SAFETY: used on the simulation's one thread only.
    let loop: VirtualLoop
    let trace: Trace
    let database: VirtualDatabase
    var random: SeededGenerator
    /// Faults have ended: from now on everything must become final.
    var isHealed = false
    var violation: String?
    let checks = RowChecks()

    // What distinguishes one seed's world from another's.
    let hasLeases: Bool
    let slots: Int
    let afterDeletion: WatchPolicy.AfterDeletion
    let storeFaults: Double
    let workerFaults: Double
    /// Between two deeds of people, strangers and machines.
    let longestPause: Duration

    // The NAS.
    var isMounted = true
    /// The kernel's number of the NAS's file system: of some file systems another one after each mount.
    var mediaDevice: UInt64 = 2
    let isRenumberedByMounts: Bool
    var freeBytes: Int64 = 100 << 30
    var originals: [FilePath: OriginalFile] = [:]
    var versions: [OriginalVersion.Key: OriginalVersion] = [:]
    /// Proxies and sidecars on the NAS, and in the bare mount point while the NAS is not there.
    var media = OutputTree()
    var bare = OutputTree()
    /// Proxies that a stranger has removed: not the daemon's fault until it has had a chance to see it.
    var tampered: Set<FilePath> = []
    /// Where the daemon has moved proxies, by their former place.
    var movedTo: [FilePath: FilePath] = [:]
    /// Paths with uploads under way, that no second uploader takes.
    var busyPaths: Set<FilePath> = []

    // The wall clock, in nanoseconds since 1970 at the simulation's beginning; it may be stepped.
    var wallOffset = Duration.seconds(1_790_000_000)
    private var lastTime: Int64 = 0
    private var numbers: UInt64 = 100

    /// The daemon that lives now.
    var life: Life?
    /// Port calls until the daemon crashes; `nil` where no crash is planned.
    var callsToCrash: Int?
    /// What the living daemon has claimed.
    var claims: [ClaimToken] = []
    /// Writes of dead daemons that arrive late.
    var lateWrites: [LateWrite] = []

    static let root: FilePath = "/nas"
    static let cameras: [FilePath] = ["/nas/cam1/original", "/nas/cam2/original", "/nas/cam3/original"]
    static let minFreeBytes: Int64 = 2 << 30

    init(seed: UInt64, loop: VirtualLoop, database: VirtualDatabase, trace: Trace) {
        self.loop = loop
        self.database = database
        self.trace = trace
        random = SeededGenerator(seed: seed)
        hasLeases = random.chance(0.8)
        slots = 1 + random.below(3)
        afterDeletion = random.chance(0.3) ? .removeProxy : .keepProxy
        storeFaults = random.chance(0.3) ? 0.03 : 0
        workerFaults = random.pick([0, 0.1, 0.4])
        isRenumberedByMounts = random.chance(0.5)
        longestPause = random.pick([.milliseconds(500), .seconds(3), .seconds(12)])
        noteTime()
    }

    func note(_ name: StaticString, _ detail: @autoclosure () -> String = "") {
        trace.note(name, at: loop.now, detail())
    }

    /// Something happened that must never happen. The first one ends the simulation.
    func violate(_ what: @autoclosure () -> String) {
        guard violation == nil else { return }
        violation = what()
        note("VIOLATION", violation ?? "")
    }

    // MARK: Time and numbers

    var wallNanoseconds: Int64 { (wallOffset + loop.now).nanoseconds }

    /// Makes the database's clock agree with the wall's.
    func noteTime() { unsafe VirtualDatabase.wallMilliseconds = wallNanoseconds / 1_000_000 }

    /// The time of a change to a file: no two changes have the same one.
    func stamp() -> Int64 {
        let now = wallNanoseconds
        // Steps of the clock may repeat a time to the microsecond, not to the nanosecond.
        lastTime = (lastTime + 1) % 1000
        return now - now % 1000 + lastTime
    }

    func newNumber() -> UInt64 {
        numbers += 1
        return numbers
    }

    // MARK: The NAS

    /// The outputs that a path leads to now.
    var outputs: OutputTree {
        get { isMounted ? media : bare }
        set { if isMounted { media = newValue } else { bare = newValue } }
    }

    func file(at path: FilePath) -> OriginalFile? { isMounted ? originals[path] : nil }

    func location(_ path: FilePath) -> OriginalLocation? {
        guard let camera = World.cameras.first(where: { path.starts(with: $0) }) else { return nil }
        return OriginalLocation(root: World.root, dropFolder: camera, path: path)
    }

    /// Remembers what the file holds under its present identity.
    func remember(_ file: OriginalFile) {
        let key = OriginalVersion.Key(inode: file.inode, size: file.size, modified: file.modified)
        versions[key] = OriginalVersion(content: file.content, isWhole: file.isWhole)
    }

    /// What the watcher's mask tells of: the end of writing, and every change of a name.
    func tell(_ path: FilePath, mayBeGone: Bool = false) {
        guard isMounted else { return }
        life?.watcher.tell(path, mayBeGone: mayBeGone)
    }
}

/// A fenced write of a daemon that died before it came through.
struct LateWrite {
    let name: StaticString
    let perform: @Sendable () async -> Bool
}
