import SystemPackage

/// Whose turn it is. Drop folders come in turn; in each the newest job comes first, as somebody waits for what was just
/// recorded, and every `ageing`th turn is the oldest one's, so that nothing waits for ever. Pure.
///
/// A job with `r` older ones in its folder is claimed within `ageing × (r + 1)` turns of the folder, whatever comes after
/// it: `ageing` times the wait that it would have in a queue in order (a property test holds this). With `n` folders each
/// has every `n`th turn. Turns are forgotten with the process.
public struct FairTurns: Sendable {
    /// One of this many turns of a folder is its oldest job's.
    public static let ageing = 4

    private var lastFolder: FilePath?
    /// Turns since the oldest job's, by folder.
    private var turns: [FilePath: Int] = [:]

    public init() {}

    /// The order in which claims are to be tried.
    ///
    /// - Parameter heads: of each folder its newest and its oldest claimable job, once where they are the same.
    public func order(_ heads: [QueuedJob]) -> [QueuedJob] {
        let folders = Dictionary(grouping: heads, by: \.dropFolder)
        let names = folders.keys.sorted { $0.string < $1.string }
        let next = lastFolder.flatMap { last in names.firstIndex { $0.string > last.string } } ?? 0
        return (names[next...] + names[..<next]).flatMap { folder in
            let isOldestFirst = turns[folder, default: 0] >= FairTurns.ageing - 1
            return (folders[folder] ?? []).sorted {
                isOldestFirst ? $0.sequence < $1.sequence : $0.sequence > $1.sequence
            }
        }
    }

    /// A job was claimed.
    ///
    /// - Parameter heads: those that it was chosen from; of folders without any nothing is remembered.
    public mutating func take(_ job: QueuedJob, from heads: [QueuedJob]) {
        lastFolder = job.dropFolder
        let folder = heads.filter { $0.dropFolder == job.dropFolder }
        let isOldest = !folder.contains { $0.sequence < job.sequence }
        let folders = Set(heads.map(\.dropFolder))
        turns = turns.filter { folders.contains($0.key) }
        turns[job.dropFolder] = isOldest ? 0 : turns[job.dropFolder, default: 0] + 1
    }
}
