import SystemPackage

/// Decides by free space which attempts may start. Each reserves what its proxy may take, so that parallel ones do not
/// fill the disk together; a folder that was found short goes on only where there is a quarter more than the least, so
/// that jobs do not start and stop at the edge. Pure.
///
/// Reservations count together, whatever file systems the proxies go to: near the edge that is rather too careful.
struct SpaceGuard: Sendable {
    /// Free bytes that must remain: the low water.
    var least: Int64
    private var reserved: [String: Int64] = [:]
    private var shortFolders: Set<FilePath> = []

    init(least: Int64) { self.least = least }

    /// What must be free for a folder that was found short: the high water.
    var comfortable: Int64 { least + least / 4 }

    /// Admits a job, or tells how many bytes would have to be free.
    mutating func admit(_ jobID: String, to folder: FilePath, estimate: Int64, available: Int64) -> Int64? {
        let floor = shortFolders.contains(folder) ? comfortable : least
        let needed = reserved.values.reduce(floor + estimate, +)
        guard available >= needed else {
            shortFolders.insert(folder)
            return needed
        }
        shortFolders.remove(folder)
        reserved[jobID] = estimate
        return nil
    }

    mutating func release(_ jobID: String) { reserved[jobID] = nil }
}
