import Domain
import SystemPackage
import Testing

@testable import Daemon

@Suite struct FileStandingTests {
    @Test(arguments: [
        ("/nas/cam/original/a.mp4", true, "its name is taken"),
        ("/nas/cam/a.mp4", false, "below no drop folder"),
        ("/elsewhere/original/a.mp4", false, "below no watched root"),
        ("/nas/original/.a.mp4", false, "begin with a dot"),
        ("/nas/original/a.mp4.part", false, "before they are complete"),
        ("/nas/original/a.txt", false, "not among the configuration's `extensions`"),
        ("/nas/original/a.LRV", false, "ignores \"*.lrv\""),
        ("/nas/original/@eaDir/a.mp4", false, "NAS's or a desktop's own folder"),
    ])
    func ruleThatDecidesIsNamed(_ path: String, _ isInput: Bool, _ words: String) {
        let watch = WatchSettings(root: "/nas", ignored: [GlobPattern("*.lrv")])
        let standing = FileStanding(of: FilePath(path), watches: [watch])
        #expect(standing.isInput == isInput)
        #expect(standing.rules.last?.contains(words) == true, "\(standing.rules)")
    }
}
