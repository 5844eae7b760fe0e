import Foundation
import LocalSockets
import Logging
import SystemPackage
import Systemd
import TestSupport
import Testing

@testable import Commands

@Suite struct LoggingTests {
    @Test func repeatedLineIsSuppressedForAMinuteAndThenCounted() {
        var filter = RepetitionFilter()
        #expect(filter.admit("a", at: .zero) == 0)
        #expect(filter.admit("a", at: .seconds(1)) == nil)
        #expect(filter.admit("b", at: .seconds(1)) == 0)
        #expect(filter.admit("a", at: .seconds(59)) == nil)
        #expect(filter.admit("a", at: .seconds(60)) == 2)
        #expect(filter.admit("a", at: .seconds(61)) == nil)
    }

    @Test func manyDifferentLinesAreAllSaidAndTakeNoMoreRoom() {
        var filter = RepetitionFilter()
        for number in 0..<10_000 { #expect(filter.admit("\(number)", at: .seconds(1)) == 0) }
    }

    @Test func eventArrivesInTheJournalWithItsFields() throws {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let address = LocalAddress.path(tree.path.appending("journal"))
        let socket = try DatagramSocket.bind(to: address)
        let logger = Logger(label: "test") { _ in JournalLogHandler(level: .info, journal: Journal(at: address)) }
        logger.warning(
            "job failed",
            metadata: ["video": "v1", "job": "j1", "code": "not_media", "original": "/nas/a b.mp4", "reason": "x\ny"])
        let bytes = try #require(try socket.receive(maximumBytes: 65_536))
        let text = String(decoding: bytes, as: UTF8.self)
        for field in [
            "PRIORITY=4", "SYSLOG_IDENTIFIER=understudy", "MESSAGE_ID=a7bfd44bcafe4d4cbfca8fea45352d4b",
            "UNDERSTUDY_VIDEO=v1", "UNDERSTUDY_JOB=j1", "UNDERSTUDY_CODE=not_media", "UNDERSTUDY_STATE=failed",
            "UNDERSTUDY_ORIGINAL=/nas/a b.mp4",
        ] {
            #expect(text.split(separator: "\n").contains(Substring(field)), "\(field) in \(text)")
        }
        logger.debug("not shown")
        logger.info("job completed")
        let next = try #require(try socket.receive(maximumBytes: 65_536))
        #expect(String(decoding: next, as: UTF8.self).hasPrefix("MESSAGE=job completed\nPRIORITY=6\n"))
    }

    @Test func eachListedMessageIsDocumentedAndSaidBySomebody() throws {
        let documentation = try text(of: "docs/OPERATION.md")
        let sources = try ByteFile.all(below: Programs.package.appending("Sources"))
            .filter { $0.string.hasSuffix(".swift") && !$0.string.hasSuffix("JournalMessages.swift") }
            .map { try text(of: "Sources/\($0)") }
            .joined()
        #expect(Set(JournalMessages.all.values.map(\.id)).count == JournalMessages.all.count)
        for (message, known) in JournalMessages.all {
            #expect(documentation.contains("| \(message) | `\(known.id)` | \(known.state ?? "") |"), "\(message)")
            #expect(sources.contains("\"\(message)\""), "\(message)")
            #expect(known.id.count == 32 && known.id.allSatisfy(\.isHexDigit))
        }
    }

    private func text(of file: String) throws -> String {
        let path = Programs.package.appending(file)
        return String(decoding: try ByteFile.read(path), as: UTF8.self)
    }
}
