import Domain
import Testing

@Suite struct NameRulesTests {
    private let everything = NameRules(extensions: nil, ignored: [])
    private let usual = NameRules(extensions: NameRules.defaultExtensions, ignored: [GlobPattern("*.LRV")])

    /// Names that measured upload programs use before a file is complete, and their litter.
    @Test(arguments: [
        ".hidden.mp4", "._clip.mp4", ".DS_Store", "clip.mp4.part", "clip.mp4.PARTIAL", "clip.mp4.filepart",
        "clip.mp4.crdownload", "clip.mp4.download", "clip.mp4.tmp", ".in.clip.mp4", ".in.clip.mp4.", "clip.mp4~",
        ".clip.mp4.Xa81Kd", ".clip.mp4.~tmp~", "clip.mp4.1a2b3c4d.partial", "clip.mp4.1a2b3c4d.rclonetmp",
        "clip.mp4.!qB", "clip.mp4.!ut", ".smbdeleteAAA1", ".nfs000000000001", "~", ".understudy-0192-proxy",
        ".syncthing.clip.mp4.tmp", "clip.mp4.aria2",
    ])
    func temporaryNamesAreNoOriginals(name: String) {
        #expect(!everything.takesFile(named: FileName(name)))
        #expect(!usual.takesFile(named: FileName(name)))
    }

    @Test(arguments: [
        "@eaDir", "#recycle", "#snapshot", ".snapshot", ".snapshots", ".zfs", ".@__thumb", "lost+found", ".Trash-1000",
        ".Trashes", "$RECYCLE.BIN", "$Recycle.Bin", "System Volume Information", ".stversions", ".rsync-partial",
        ".~tmp~", "@Recycle",
    ])
    func foldersOfTheSystemAreNotEntered(name: String) {
        #expect(!everything.entersDirectory(named: FileName(name)))
    }

    @Test(arguments: ["original", "proxy", "2026", "A B", "clip.mp4", "original.bak"])
    func otherFoldersAreEntered(name: String) { #expect(everything.entersDirectory(named: FileName(name))) }

    @Test(arguments: ["clip.MP4", "clip.mp4", "a.b.MoV", "partial.mp4", "tmp.mxf", "-rf.mp4", "GX010001.360"])
    func videosAreTaken(name: String) { #expect(usual.takesFile(named: FileName(name))) }

    @Test(arguments: ["clip.txt", "clip", "mp4", "clip.mp4.xml", "GL010001.LRV", "gl010001.lrv"])
    func otherNamesAreNot(name: String) { #expect(!usual.takesFile(named: FileName(name))) }

    @Test func everyExtensionIsTakenWithoutAList() {
        #expect(everything.takesFile(named: FileName("clip")))
        #expect(everything.takesFile(named: FileName(bytes: [0xff, 0xfe])))
    }

    @Test func ignoredPatternsCountForFoldersToo() {
        let rules = NameRules(extensions: nil, ignored: [GlobPattern("old-*")])
        #expect(!rules.entersDirectory(named: FileName("OLD-2025")))
        #expect(!rules.takesFile(named: FileName("old-a.mp4")))
    }

    @Test(arguments: [
        ("*", "", true), ("*", "x", true), ("?", "", false), ("?", "é", true), ("a*b*c", "aXbYbZc", true),
        ("a*b*c", "aXbYb", false), ("*.LRV", "x.lrv", true), ("[a-c]x", "Bx", true), ("[!a-c]x", "bx", false),
        ("[^a-c]x", "dx", true), ("[]x]", "]", true), ("[", "[", true), ("[a", "[a", true), ("[a-]", "-", true),
        ("**a**", "a", true), ("a", "A", true), ("a", "ab", false), ("*a", "aaab", false),
        ("a*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false),
    ])
    func patterns(pattern: String, name: String, matches: Bool) {
        #expect(GlobPattern(pattern).matches(FileName(name)) == matches)
    }
}
