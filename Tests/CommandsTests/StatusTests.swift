import ArgumentParser
import Testing

@testable import Commands

@Suite struct StatusTests {
    @Test func frameIsCutToTheScreen() {
        let frame = StatusWatch.frame(["12345678", "b", "c", "d"], columns: 4, rows: 3)
        #expect(frame == "\u{1B}[H1234\u{1B}[K\r\nb\u{1B}[K\r\n\u{1B}[J")
    }

    @Test(arguments: [
        "status --watch", "status --watch --json", "list --code not_media --newest 3", "list --waiting-for disk_space",
    ])
    func optionsAreUnderstood(_ line: String) throws {
        _ = try UnderstudyCommand.parseAsRoot(line.split(separator: " ").map(String.init))
    }

    @Test(arguments: ["status --watch /a", "list --code nonsense", "list --waiting-for nothing", "list --newest 0"])
    func wrongOptionsAreRefused(_ line: String) {
        #expect(throws: (any Error).self) {
            try UnderstudyCommand.parseAsRoot(line.split(separator: " ").map(String.init))
        }
    }
}
