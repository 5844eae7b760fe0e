import Foundation
import LocalSockets
import SystemPackage
import TestSupport
import Testing

@testable import Systemd

@Suite struct JournalTests {
    @Test func fieldsAreWrittenAsTheProtocolSays() {
        var entry = JournalEntry()
        entry.add("MESSAGE", "two\nlines")
        entry.add("PRIORITY", "6")
        let expected = Array("MESSAGE\n".utf8) + [9, 0, 0, 0, 0, 0, 0, 0] + Array("two\nlines\nPRIORITY=6\n".utf8)
        #expect(entry.bytes == expected)
    }

    @Test func namesTakeTheFormOfTheJournalAndLongValuesAreCut() {
        var entry = JournalEntry()
        entry.add("_understudy-free space", "1")
        entry.add("é", "no name is left")
        entry.add("LONG", String(repeating: "x", count: 100_000))
        let text = String(decoding: entry.bytes, as: UTF8.self)
        #expect(text.hasPrefix("UNDERSTUDY_FREE_SPACE=1\nLONG=xxx"))
        #expect(text.hasSuffix("x…\n") && text.utf8.count < 30_000)
    }

    @Test func entryReachesTheSocketAlsoAfterTheJournalStartedAnew() throws {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let path = tree.path.appending("journal")
        let journal = Journal(at: .path(path))
        var entry = JournalEntry()
        entry.add("MESSAGE", "hello")
        #expect(!journal.write(entry), "nobody listens")
        for _ in 0..<2 {
            let socket = try DatagramSocket.bind(to: .path(path))
            #expect(journal.write(entry))
            #expect(try socket.receive(maximumBytes: 100) == Array("MESSAGE=hello\n".utf8))
            try FileManager.default.removeItem(atPath: path.string)
        }
    }

    @Test func onlyTheStreamThatSystemdNamesIsTheJournal() throws {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let file = try FileDescriptor.open(try tree.file("log", []), .writeOnly)
        defer { try? file.close() }
        let attributes = try FileManager.default.attributesOfItem(atPath: tree.path.appending("log").string)
        let (device, inode) = (attributes[.systemNumber] as? Int, attributes[.systemFileNumber] as? Int)
        let stream = "\(try #require(device)):\(try #require(inode))"
        func isJournal(_ variables: [String: String]) -> Bool {
            Journal.isConnected(file.rawValue, environment: variables)
        }
        #expect(isJournal(["JOURNAL_STREAM": stream]))
        #expect(!isJournal(["JOURNAL_STREAM": "8:1"]))
        #expect(!isJournal([:]))
    }
}
