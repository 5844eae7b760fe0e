import Domain
import SystemPackage
import Testing

@Suite struct MirrorLayoutTests {
    private func layout(_ root: FilePath, proxyRoot: FilePath? = nil) -> MirrorLayout {
        MirrorLayout(
            root: root, originalDirectory: FileName("original"), proxyDirectory: FileName("proxy"),
            proxyRoot: proxyRoot)
    }

    @Test(
        arguments: [
            ("/srv", "/srv/cam/original/2026/a.mp4", "/srv/cam/original"),
            ("/srv", "/srv/original/a/original/b/c.mp4", "/srv/original"),
            ("/srv", "/srv/original", "/srv/original"),
            ("/srv/original", "/srv/original/x/original/a.mp4", "/srv/original"),
            ("/", "/original/a.mp4", "/original"),
            ("/srv/", "/srv/cam/original/a.mp4", "/srv/cam/original"),
            ("/srv", "/srv/cam/originals/a.mp4", nil),
            ("/srv", "/srv/cam/Original/a.mp4", nil),
            ("/srv", "/srv2/original/a.mp4", nil),
            ("/srv/original/cam", "/srv/original/cam/a.mp4", nil),
            ("/srv", "/srv", nil),
        ] as [(FilePath, FilePath, FilePath?)])
    func outermostDropFolderWins(root: FilePath, path: FilePath, dropFolder: FilePath?) {
        #expect(layout(root).dropFolder(of: path) == dropFolder)
    }

    @Test(
        arguments: [
            ("/srv", nil, "/srv/cam/original/2026/11/a.mp4", "/srv/cam/proxy/2026/11"),
            ("/srv", nil, "/srv/original/a.mp4", "/srv/proxy"),
            ("/srv", nil, "/srv/original/x/original/y/a.mp4", "/srv/proxy/x/original/y"),
            ("/srv/original", nil, "/srv/original/x/a.mp4", "/srv/proxy/x"),
            ("/", nil, "/original/a.mp4", "/proxy"),
            ("/srv", "/fast", "/srv/cam/original/2026/a.mp4", "/fast/cam/proxy/2026"),
            ("/srv", "/fast", "/srv/original/a.mp4", "/fast/proxy"),
            ("/srv", "/fast", "/srv/a/original/original/a.mp4", "/fast/a/proxy/original"),
            ("/srv/original", "/fast", "/srv/original/x/a.mp4", "/fast/x"),
            ("/srv", "/srv/mirrors", "/srv/cam/original/a.mp4", "/srv/mirrors/cam/proxy"),
        ] as [(FilePath, FilePath?, FilePath, FilePath)])
    func exactlyTheDropFoldersComponentIsReplaced(
        root: FilePath, proxyRoot: FilePath?, path: FilePath, destination: FilePath
    ) throws {
        let layout = layout(root, proxyRoot: proxyRoot)
        let dropFolder = try #require(layout.dropFolder(of: path))
        let location = OriginalLocation(root: root, dropFolder: dropFolder, path: path)
        #expect(layout.destinationDirectory(of: location) == destination)
    }

    @Test func namesThatAreNotTextAreMirroredByteForByte() throws {
        let root: FilePath = "/srv"
        let folder = FileName(bytes: [0xff, 0x0a])
        let path = ["original", "x"].reduce(root) { $0.appending(name: FileName($1)) }.appending(name: folder)
            .appending(name: FileName("a.mp4"))
        let location = OriginalLocation(root: root, dropFolder: "/srv/original", path: path)
        #expect(layout(root).destinationDirectory(of: location).bytes == Array("/srv/proxy/x/".utf8) + [0xff, 0x0a])
    }
}
