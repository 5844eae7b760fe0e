import SystemPackage
import TestSupport
import Testing

@testable import Supervision

@Suite struct OwnMemoryTests {
    @Test func programGoesOnAfterItsPagesWereGivenBack() throws {
        var words = (0..<10_000).map { "\($0)" }
        let before = try filePages()
        OwnMemory.giveBack()
        let after = try filePages()
        #expect(after < before)
        words.sort()
        #expect(words.count == 10_000 && words.first == "0")
    }

    /// proc(5): names stand in a column of their own, and may have blanks.
    @Test func onlyProgramsThatCannotBeWrittenAreGivenBack() {
        let list = """
            55dbb1000000-55dbb1640000 r--p 00000000 fe:00 1844233                    /usr/bin/understudy
            55dbb1640000-55dbb2ba8000 r-xp 00640000 fe:00 1844233                    /usr/bin/understudy
            55dbb2ba8000-55dbb2c75000 rwxp 01ba7000 fe:00 1844233                    /usr/bin/understudy
            7fe6d4000000-7fe6d4021000 r-xp 00000000 00:00 0
            7fe6e9000000-7fe6e9001000 r-xp 00000000 fe:00 17                         /a b/c
            7ffd1f3f2000-7ffd1f3f4000 r-xp 00000000 00:00 0                          [vdso]

            """
        #expect(
            OwnMemory.cleanPrograms(in: list) == [
                0x55db_b164_0000..<0x55db_b2ba_8000, 0x7fe6_e900_0000..<0x7fe6_e900_1000,
            ])
    }

    /// proc(5), `/proc/[pid]/status`: resident pages of files, in kB.
    private func filePages() throws -> Int {
        let status = String(decoding: try ByteFile.read("/proc/self/status"), as: UTF8.self)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssFile:") })
        return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) })
    }
}
