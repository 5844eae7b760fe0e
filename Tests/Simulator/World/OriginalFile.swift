import Domain

/// An uploaded file of the simulated NAS. Its content is a number for the stream that was written and how much of it.
final class OriginalFile {
    enum Container {
        /// Its structure tells whether it is whole, as MP4's does.
        case structured
        /// Nothing but quiet tells, as with MPEG-TS.
        case opaque
    }

    enum Kind {
        case video
        /// A text file with a video's name.
        case notMedia
        /// Every worker that opens it crashes.
        case poison
        /// The daemon dies with every worker that opens it.
        case deadly
    }

    let inode: UInt64
    let container: Container
    var kind: Kind
    var stream: Int
    var size: Int64 = 0
    var fullSize: Int64
    var modified: Int64
    var changed: Int64
    var writers = 0

    init(inode: UInt64, container: Container, kind: Kind, stream: Int, fullSize: Int64, at time: Int64) {
        self.inode = inode
        self.container = container
        self.kind = kind
        self.stream = stream
        self.fullSize = fullSize
        modified = time
        changed = time
    }

    var content: String { "\(stream):\(size)" }
    /// Whether the last byte was written.
    var isWhole: Bool { size == fullSize }

    func identity(onDevice device: UInt64) -> FileIdentity {
        FileIdentity(
            device: device, inode: inode, sizeBytes: size, modifiedNanoseconds: modified, changedNanoseconds: changed)
    }
}

/// What a file held when it had this identity.
struct OriginalVersion {
    let content: String
    let isWhole: Bool

    struct Key: Hashable {
        let inode: UInt64
        let size: Int64
        let modified: Int64
    }
}
