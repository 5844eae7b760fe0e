import Domain
import SystemPackage

/// Paths as a reader in another directory, or behind another mount, can follow them.
enum RelativePath {
    /// The text form of `target` as seen from `directory`; both absolute.
    static func text(of target: FilePath, from directory: FilePath) -> String {
        let to = target.nameList
        let from = directory.nameList
        let shared = zip(to, from).prefix { $0 == $1 }.count
        let up = [FileName](repeating: FileName(".."), count: from.count - shared)
        let steps = up + to[shared...]
        return PathText.encode(Array(steps.map(\.bytes).joined(separator: [UInt8(ascii: "/")])))
    }
}
