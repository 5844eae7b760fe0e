import Domain
import Testing

@Suite struct ProxyNamingTests {
    @Test(arguments: [
        ("clip.MOV", 0, "clip.mp4"), ("clip.MOV", 1, "clip.MOV.mp4"), ("clip.MOV", 2, "clip.MOV~2.mp4"),
        ("clip.MOV", 3, "clip.MOV~3.mp4"), ("clip", 0, "clip.mp4"), ("a.b.c", 0, "a.b.mp4"),
        (".mov", 0, ".mov.mp4"), ("clip.", 0, "clip.mp4"), ("clip.mp4", 0, "clip.mp4"),
    ])
    func proxiesHaveNamesInOrderOfPreference(original: String, rank: Int, name: String) {
        #expect(
            ProxyNaming.proxyName(for: FileName(original), containerExtension: "mp4", rank: rank) == FileName(name))
    }

    @Test func sidecarAndPosterKeepTheFullName() {
        #expect(ProxyNaming.sidecarName(for: FileName("clip.MOV")) == FileName("clip.MOV.json"))
        #expect(ProxyNaming.posterName(for: FileName("clip.MOV")) == FileName("clip.MOV.jpg"))
    }

    @Test func longestNameThatFitsIsNotCut() {
        let original = FileName(String(repeating: "a", count: 250))
        #expect(ProxyNaming.sidecarName(for: original) == FileName(String(repeating: "a", count: 250) + ".json"))
    }

    @Test func longerNamesAreCutAndMarkedByTheirHash() {
        let original = FileName(String(repeating: "a", count: 255))
        let sidecar = ProxyNaming.sidecarName(for: original)
        // sha256sum of 255 times the letter a.
        #expect(sidecar == FileName(String(repeating: "a", count: 237) + "~b0f3323e7a3c.json"))
        #expect(sidecar.bytes.count == 255)
    }

    @Test func cutsFallBetweenCharacters() {
        // 3 bytes each: 84 of them and ".mp" are 255 bytes.
        let original = FileName(String(repeating: "€", count: 84) + ".mp")
        let sidecar = ProxyNaming.sidecarName(for: original)
        let text = String(validating: sidecar.bytes, as: UTF8.self)
        #expect(text?.hasPrefix(String(repeating: "€", count: 79) + "~") == true)
        #expect(sidecar.bytes.count <= 255)
    }

    @Test func bytesThatAreNoTextAreCutToo() {
        for byte in [UInt8(0x80), 0xbf, 0xff, 0xc3] {
            let original = FileName(bytes: [UInt8](repeating: byte, count: 255))
            let sidecar = ProxyNaming.sidecarName(for: original)
            #expect(sidecar.bytes.count <= 255)
            #expect(sidecar.hasSuffix(".json"))
        }
    }

    @Test func differentLongNamesStayDifferent() {
        let names = (0..<500).map { FileName(String(repeating: "x", count: 250) + String($0 + 10_000)) }
        #expect(Set(names.map(ProxyNaming.sidecarName)).count == 500)
        for rank in 0..<4 {
            let proxies = names.map { ProxyNaming.proxyName(for: $0, containerExtension: "mp4", rank: rank) }
            #expect(Set(proxies).count == 500 && proxies.allSatisfy { $0.bytes.count <= 255 })
        }
    }

    @Test func temporaryNamesAreHiddenAndShort() {
        let name = ProxyNaming.temporaryName(jobID: "0192", suffix: "proxy")
        #expect(name == FileName(".understudy-0192-proxy"))
    }
}
