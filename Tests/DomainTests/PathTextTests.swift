import Domain
import SystemPackage
import Testing

@Suite struct PathTextTests {
    @Test(
        arguments: [
            (Array("clip é 🎥.mp4".utf8), "clip é 🎥.mp4"),
            ([0x61, 0xff, 0x62], #"a\xffb"#),
            (Array(#"a\b"#.utf8), #"a\b"#),
            (Array(#"a\xzz"#.utf8), #"a\xzz"#),
            (Array(#"a\xff"#.utf8), #"a\x5cxff"#),
            (Array(#"\\xff"#.utf8), #"\\x5cxff"#),
            ([0x5c, 0xff], #"\\xff"#),
            ([0xc3], #"\xc3"#),
            ([0xed, 0xa0, 0x80], #"\xed\xa0\x80"#),
            ([0xc0, 0xaf], #"\xc0\xaf"#),
            ([0xf0, 0x9f, 0x8e], #"\xf0\x9f\x8e"#),
            (Array("line\nbreak".utf8), "line\nbreak"),
            ([], ""),
        ] as [([UInt8], String)])
    func bytesHaveOneTextAndComeBack(bytes: [UInt8], text: String) {
        #expect(Array(PathText.encode(bytes).utf8) == Array(text.utf8))
        #expect(PathText.decode(text) == bytes)
    }

    @Test func randomBytesComeBack() {
        var random = SystemRandomNumberGenerator()
        let telling = Array(#"\x5cfF09"#.utf8) + [0xff, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0x0a]
        for round in 0..<20_000 {
            let count = Int.random(in: 0..<24, using: &random)
            let bytes = (0..<count).compactMap { _ in
                round.isMultiple(of: 2)
                    ? telling.randomElement(using: &random) : UInt8.random(in: 1...255, using: &random)
            }
            let text = PathText.encode(bytes)
            #expect(PathText.decode(text) == bytes)
            #expect(PathText.encode(PathText.decode(text)) == text)
        }
    }

    @Test func pathsKeepTheirBytes() {
        let bytes: [UInt8] = Array("/srv/".utf8) + [0xff, 0x0a, 0x80] + Array("/a.mp4".utf8)
        let path = FilePath(bytes: bytes)
        #expect(path.bytes == bytes)
        #expect(path.fileName == FileName("a.mp4"))
        #expect(path.nameList.count == 3)
        #expect(FilePath(bytes: Array("/srv//x/".utf8)).bytes == Array("/srv/x".utf8))
        #expect(FilePath("/").fileName == nil)
        #expect(FilePath("/").appending(name: FileName("x")) == "/x")
        #expect(FilePath("/a/b").names(below: "/a") == [FileName("b")])
        #expect(FilePath("/ab").names(below: "/a") == nil)
        #expect(FilePath("/a").names(below: "/a") == [])
    }

    @Test(arguments: [
        ("clip.MOV", "clip", "mov"), ("clip", "clip", ""), (".hidden", ".hidden", ""), ("a.b.MP4", "a.b", "mp4"),
        ("clip.", "clip", ""), ("..mp4", ".", "mp4"),
    ])
    func stemsAndExtensions(name: String, stem: String, ending: String) {
        #expect(FileName(name).stem == FileName(stem))
        #expect(FileName(name).lowercasedExtension == ending)
    }
}
