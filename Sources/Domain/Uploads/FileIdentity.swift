/// Which file, in which state: taken from `fstat` on an open descriptor, so that no path is trusted twice.
public struct FileIdentity: Sendable, Hashable, Codable {
    public var device: UInt64
    public var inode: UInt64
    public var sizeBytes: Int64
    /// Nanoseconds since 1970 (modification time).
    public var modifiedNanoseconds: Int64
    /// Nanoseconds since 1970 (status change time).
    public var changedNanoseconds: Int64

    public init(device: UInt64, inode: UInt64, sizeBytes: Int64, modifiedNanoseconds: Int64, changedNanoseconds: Int64)
    {
        self.device = device
        self.inode = inode
        self.sizeBytes = sizeBytes
        self.modifiedNanoseconds = modifiedNanoseconds
        self.changedNanoseconds = changedNanoseconds
    }

    /// Whether the content can be taken as the same: a rename, `chmod` or a new hard link moves only the change time.
    public func hasSameContent(as other: FileIdentity) -> Bool {
        device == other.device && inode == other.inode && sizeBytes == other.sizeBytes
            && modifiedNanoseconds == other.modifiedNanoseconds
    }

    /// Whether the change from `earlier` to this looks like writing into the same file, not like a change of its times
    /// alone: writing sets both times to now (inode(7)), where programs that copy times set the first to an old one.
    public func looksWritten(since earlier: FileIdentity) -> Bool {
        guard inode == earlier.inode, modifiedNanoseconds > earlier.modifiedNanoseconds else { return false }
        let (gap, overflow) = changedNanoseconds.subtractingReportingOverflow(modifiedNanoseconds)
        return !overflow && (0..<1_000_000_000).contains(gap)
    }
}
