import Domain
import SystemPackage
import Testing

@Suite struct FairTurnsTests {
    @Test func foldersComeInTurnAndTheNewestJobFirst() {
        var queue = Queue()
        for folder in ["/a", "/a", "/a", "/b", "/c", "/c"] { queue.add(folder) }
        #expect((0..<6).compactMap { _ in queue.claim()?.sequence } == [3, 4, 6, 2, 5, 1])
    }

    @Test func everyFourthTurnIsTheOldestJobs() {
        var queue = Queue()
        for _ in 0..<9 { queue.add("/a") }
        #expect((0..<9).compactMap { _ in queue.claim()?.sequence } == [9, 8, 7, 1, 6, 5, 4, 2, 3])
    }

    @Test func anEmptyFolderLosesNoTurnToTheOthers() {
        var queue = Queue()
        for folder in ["/a", "/c"] { queue.add(folder) }
        #expect(queue.claim()?.dropFolder == "/a")
        queue.add("/b")
        #expect(queue.claim()?.dropFolder == "/b")
        #expect(queue.claim()?.dropFolder == "/c")
    }

    /// Whatever arrives, and however unevenly: no job waits more than `ageing` times its fair share, which is its place in
    /// a queue in order, in a folder that has every turn that `n` folders leave it.
    @Test(arguments: 0..<200) func nothingStarves(seed: Int) {
        var random = Dice(seed: UInt64(seed))
        var queue = Queue()
        let folders = (0..<Int.random(in: 1...6, using: &random)).map { FilePath("/\($0)") }
        // Some folders get nearly everything.
        let crowd = Int.random(in: 1...4, using: &random)
        for _ in 0..<400 {
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let isCrowded = Int.random(in: 0..<crowd, using: &random) > 0
                queue.add((isCrowded ? folders[0] : folders.randomElement(using: &random) ?? "/0").string)
            }
            queue.claim()
        }
        while let job = queue.claim() { _ = job }
        #expect(queue.waits.allSatisfy { $0.waited <= FairTurns.ageing * $0.fairShare * folders.count })
        #expect(!queue.waits.isEmpty)
    }

    /// Jobs that are added and claimed; counts how long each waits.
    private struct Queue {
        struct Wait {
            let waited: Int
            let fairShare: Int
        }

        private var jobs: [(job: QueuedJob, claims: Int, older: Int)] = []
        private var turns = FairTurns()
        private var claims = 0
        private var sequence: Int64 = 0
        private(set) var waits: [Wait] = []

        mutating func add(_ folder: String) {
            sequence += 1
            let job = QueuedJob(id: "\(sequence)", videoID: "", dropFolder: FilePath(folder), sequence: sequence)
            jobs.append((job, claims, jobs.count { $0.job.dropFolder == job.dropFolder }))
        }

        @discardableResult
        mutating func claim() -> QueuedJob? {
            let byFolder = Dictionary(grouping: jobs.map(\.job), by: \.dropFolder).values
            let heads = byFolder.flatMap { folder -> [QueuedJob] in
                let ends = [folder.min { $0.sequence < $1.sequence }, folder.max { $0.sequence < $1.sequence }]
                return Array(Set(ends.compactMap { $0 }))
            }
            guard let job = turns.order(heads).first, let index = jobs.firstIndex(where: { $0.job == job }) else {
                return nil
            }
            turns.take(job, from: heads)
            claims += 1
            let taken = jobs.remove(at: index)
            waits.append(Wait(waited: claims - taken.claims, fairShare: taken.older + 1))
            return job
        }
    }

    /// SplitMix64, so that a failure can be made again.
    private struct Dice: RandomNumberGenerator {
        private var state: UInt64

        init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            return mixed ^ mixed >> 31
        }
    }
}
