import Domain
import SystemPackage
import Testing

@Suite struct ResumeMemoryTests {
    @Test func windowDoublesWithEachResumeOfItsFolderUpToTenMinutes() {
        var memory = ResumeMemory()
        #expect(memory.window(in: "/nas/a", configured: .seconds(10)) == .seconds(10))
        memory.noteResume(in: "/nas/a")
        #expect(memory.window(in: "/nas/a", configured: .seconds(10)) == .seconds(20))
        #expect(memory.window(in: "/nas/b", configured: .seconds(10)) == .seconds(10))
        memory.noteResume(in: "/nas/a")
        #expect(memory.window(in: "/nas/a", configured: .seconds(10)) == .seconds(40))
        for _ in 0..<100 { memory.noteResume(in: "/nas/a") }
        #expect(memory.window(in: "/nas/a", configured: .seconds(10)) == .seconds(600))
        #expect(memory.window(in: "/nas/a", configured: .seconds(3600)) == .seconds(3600))
        #expect(memory.window(in: "/nas/a", configured: .zero) == .zero)
    }

    @Test func memoryIsBounded() {
        var memory = ResumeMemory()
        for number in 0...10_000 { memory.noteResume(in: FilePath("/nas/\(number)")) }
        #expect(memory.window(in: "/nas/10000", configured: .seconds(1)) == .seconds(2))
        #expect(memory.window(in: "/nas/1", configured: .seconds(1)) == .seconds(1))
    }
}
