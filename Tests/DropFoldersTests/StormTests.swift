import Domain
import Glibc
import Inotify
import SystemPackage
import TestSupport
import Testing

@testable import DropFolders

@Suite struct StormTests {
    /// 20,000 files in about two seconds, while the kernel's queue holds as little as we may make it, and ours two
    /// reads: most events are lost, and no file is.
    @Test func stormOfTwentyThousandFilesLosesNone() async throws {
        let tree = TestTree()
        for number in 0..<50 { try tree.mkdir("original/\(number)") }
        var seams = DropFolderWatcher.Seams()
        seams.bufferedBatches = 2
        let watched = WatchedTree(layout: tree.layout(), rules: WatcherFixture.rules)
        let body: @Sendable (WatcherFixture) async throws -> Void = { fixture in
            await fixture.expectScanned()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for part in 0..<4 {
                    group.addTask {
                        for number in stride(from: part, to: 20_000, by: 4) {
                            try tree.write("original/\(number % 50)/\(number).mp4")
                        }
                    }
                }
                try await group.waitForAll()
            }
            await fixture.expect("all 20000") { $0.originals.count == 20_000 }
            #expect(fixture.watcher.health().overflows > 0)
        }
        // The kernel reads its limit when an instance is made (fs/notify/inotify/inotify_user.c, inotify_new_group).
        let limit = QueueLimit.lower(to: 16)
        defer { limit?.restore() }
        try await WatcherFixture.run([watched], seams: seams) { fixture in
            limit?.restore()
            try await body(fixture)
        }
    }
}

/// `fs.inotify.max_queued_events`, lowered for a moment where we may.
private struct QueueLimit {
    private static let path = FilePath("/proc/sys/fs/inotify/max_queued_events")
    private let before: String

    /// - Returns: `nil` where it may not be changed: then only our own queue is short.
    static func lower(to limit: Int) -> QueueLimit? {
        guard let file = try? FileDescriptor.open(path, .readWrite) else { return nil }
        defer { try? file.close() }  // A failed close loses nothing that the write did not tell.
        var bytes = [UInt8](repeating: 0, count: 32)
        guard let count = unsafe try? bytes.withUnsafeMutableBytes({ unsafe try file.read(into: $0) }) else {
            return nil
        }
        let before = String(decoding: bytes[..<count].prefix { $0 != 10 }, as: UTF8.self)
        guard (try? file.writeAll(toAbsoluteOffset: 0, "\(limit)\n".utf8)) != nil else { return nil }
        return QueueLimit(before: before)
    }

    func restore() {
        guard let file = try? FileDescriptor.open(QueueLimit.path, .writeOnly) else { return }
        _ = try? file.writeAll("\(before)\n".utf8)  // It could be written a moment ago.
        try? file.close()
    }
}
