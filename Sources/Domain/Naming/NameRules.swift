/// Which names are inputs. Pure; decides by name alone.
public struct NameRules: Sendable, Hashable {
    /// Lower-case extensions without the dot; `nil` takes every file.
    public let extensions: Set<String>?
    /// Further patterns to ignore (`*`, `?`, `[…]`), matched against file and directory names without case.
    public let ignored: [GlobPattern]

    public init(extensions: Set<String>?, ignored: [GlobPattern]) {
        self.extensions = extensions
        self.ignored = ignored
    }

    /// Whether a file with this name is an original.
    public func takesFile(named name: FileName) -> Bool {
        guard !name.hasPrefix("."), !NameRules.isTemporary(name), !isIgnored(name) else { return false }
        guard let extensions else { return true }
        return extensions.contains(name.lowercasedExtension)
    }

    /// Whether originals may lie in a directory with this name.
    public func entersDirectory(named name: FileName) -> Bool {
        !name.hasPrefix(".") && !NameRules.systemDirectories.contains(name.lowercasedText) && !isIgnored(name)
    }

    private func isIgnored(_ name: FileName) -> Bool { ignored.contains { $0.matches(name) } }

    /// Whether uploads use such a name before they are complete (measured clients: see docs/ARCHITECTURE.md).
    public static func isTemporary(_ name: FileName) -> Bool {
        let lowercased = name.lowercasedText
        return temporaryEndings.contains { lowercased.hasSuffix($0) } || isRcloneTemporary(lowercased)
    }

    /// rclone uploads to a name with eight hexadecimal digits and `.partial` behind it, older versions with `.partial`
    /// alone: the endings cover both. Its local backend's names end in `.rclonetmp`.
    private static func isRcloneTemporary(_ name: String) -> Bool { name.hasSuffix(".rclonetmp") }

    private static let temporaryEndings = [
        ".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp", ".temp", ".!qb", ".!ut", ".aria2",
        ".opdownload", ".upload", ".uploading", ".incomplete", "~",
    ]

    private static let systemDirectories: Set<String> = [
        "@eadir", "#recycle", "#snapshot", "lost+found", "$recycle.bin", "system volume information", "@recycle",
        "@recently-snapshot", "@sharebin", "@tmp",
    ]

    /// The extensions taken where the configuration names none.
    public static let defaultExtensions: Set<String> = [
        "mp4", "m4v", "mov", "qt", "3gp", "3gpp", "3g2", "mj2", "insv", "lrv", "lrf", "360",
        "mkv", "mk3d", "webm", "avi", "divx", "mts", "m2ts", "m2t", "ts", "trp", "tp", "mpg", "mpeg", "mpe", "m2p",
        "m2v", "m1v", "mpv", "mp2v", "vob", "vro", "evo", "mod", "tod", "mxf", "gxf", "lxf", "wmv", "asf", "dvr-ms",
        "wtv", "flv", "f4v", "ogv", "ogm", "rm", "rmvb", "dv", "dif", "dav", "h264", "264", "avc", "h265", "265",
        "hevc",
        "mjpg", "mjpeg", "y4m", "nut", "nsv", "amv", "bik", "smk", "roq", "ivf", "obu", "av1", "r3d", "braw", "xavc",
    ]
}
