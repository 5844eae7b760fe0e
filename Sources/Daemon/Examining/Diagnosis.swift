import Domain
public import SystemPackage

/// One finding of `doctor`: what is wrong with which file, and what helps.
public struct Diagnosis: Sendable, Hashable {
    public let ailment: Ailment
    /// The file or directory; `nil` for the database as a whole.
    public let path: FilePath?
    public let videoID: String?
    public let message: String
    /// What a person can do.
    public let remedy: String
    /// What `--repair` does; `nil` where it can do nothing.
    public let mending: Mending?

    init(
        _ ailment: Ailment, _ path: FilePath?, videoID: String? = nil, _ message: String, remedy: String? = nil,
        mending: Mending? = nil
    ) {
        self.ailment = ailment
        self.path = path
        self.videoID = videoID
        self.message = message
        self.remedy = remedy ?? Diagnosis.repair
        self.mending = mending
    }

    static let repair = "`understudy doctor --repair` mends it"

    /// Whether another examination has found the same.
    func isSame(as other: Diagnosis) -> Bool {
        ailment == other.ailment && path == other.path && videoID == other.videoID
    }
}

/// A repair. Whoever carries it out looks at the matter again first.
public enum Mending: Sendable, Hashable, Codable {
    /// Write the sidecar anew, past a revision that a reader may have seen.
    case renewSidecar(videoID: String, past: Int)
    /// Read the proxy, and take it as it is or have it made again.
    case reviewProxy(videoID: String)
    case removeTemporary(path: String)
    /// Remove a sidecar that this database's video has no use for.
    case removeSidecar(videoID: String, path: String)
    /// Take note of what lies, or lies no more, at an original's path.
    case look(path: String)
    /// Put the jobs back that a daemon left behind when it died.
    case rescue
}
