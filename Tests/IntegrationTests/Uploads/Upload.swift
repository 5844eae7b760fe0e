import Foundation
import Subprocess
import Synchronization
import SystemPackage
import TestSupport

/// One upload in the making: what a writer works with, and what is noted of it.
final class Upload: Sendable {
    /// The whole clip, somewhere else.
    let source: FilePath
    /// Where it is to arrive.
    let target: FilePath
    /// A directory of the writer's own on the file system of the drop folder, but not watched.
    let scratch: FilePath
    private let fixture: DaemonFixture
    /// The job may not start before this; nanoseconds since 1970.
    private let notBefore = Mutex<Int64>(0)

    init(_ writer: Writer, on fixture: DaemonFixture) async throws {
        self.fixture = fixture
        source = try await writer.clip.file
        let folder = fixture.path(writer.name).appending("original")
        try fixture.makeDirectory(folder)
        // Servers write as users of their own.
        try ByteFile.setMode(folder, 0o777)
        target = folder.appending(writer.clip.uploadName)
        scratch = try fixture.tree.directory("scratch/" + writer.name)
    }

    /// The path as servers name it, whose root is the watched tree.
    var remotePath: String { String(target.string.dropFirst(fixture.root.string.count)) }

    var earliestStart: Int64 { notBefore.withLock { $0 } }

    // MARK: Writers

    /// Runs a client to its end, which must be a good one. The job may not start before the client.
    func run(_ program: String, _ arguments: [String]) async throws {
        note(Upload.now)
        try await Command.output("timeout", Upload.limit + [program] + arguments)
    }

    /// Runs a client and kills it once the drop folder holds so many bytes.
    func interrupt(
        _ program: String, _ arguments: [String], with signal: Signal = .kill, afterBytes bytes: Int64 = 1_000_000
    ) async throws {
        let folder = target.removingLastComponent()
        let result = try await Subprocess.run(
            .name(program), arguments: Arguments(arguments), input: .none, output: .discarded, error: .discarded
        ) { execution in
            let isThere = await eventually { Upload.bytes(in: folder) >= bytes }
            try execution.send(signal: signal)
            return isThere
        }
        guard result.closureResult else { throw FixtureError("\(program): not even \(bytes) bytes arrived") }
        guard Upload.bytes(in: folder) < (try ByteFile.status(source).st_size) else {
            throw FixtureError("\(program): was at its end before it could be killed")
        }
    }

    /// Runs a Python program with the names `source`, `target` and `scratch`, the source's bytes as `data`, and
    /// `last_byte()`, to be called when nothing is written any more but the file is still held: the job may not start
    /// before that.
    func python(_ script: String) async throws {
        let prelude = """
            import ctypes, mmap, os, socket, subprocess, sys, time
            source, target, scratch = sys.argv[1:4]
            data = open(source, 'rb').read()
            CREATE = os.O_WRONLY | os.O_CREAT
            def last_byte(): print(time.time_ns(), flush=True)
            def write(fd, piece):
                while piece: piece = piece[os.write(fd, piece):]
            def pieces(count):
                size = -(-len(data) // count)
                return [(start, data[start:start + size]) for start in range(0, len(data), size)]

            """
        let words = ["-c", prelude + script, source.string, target.string, scratch.string]
        let output = try await Command.output("timeout", Upload.limit + ["python3"] + words)
        for line in output.split(separator: "\n") { if let time = Int64(line) { note(time) } }
    }

    /// Words of timeout(1), so that no client hangs for ever.
    private static let limit = ["--kill-after=1", "\(testDeadline.components.seconds)"]

    // MARK: Between two runs of a client

    /// Waits until the daemon shows what is there as incomplete, and demands that no job was made of it.
    func waitUntilIncomplete() async throws {
        guard try await eventually({ try await state("upload_status") == "incomplete" }) else {
            throw FixtureError("never incomplete, but \(try await state("upload_status || ' ' || upload_evidence"))")
        }
        let jobs = try await fixture.query(
            "SELECT count(*) FROM processing_jobs JOIN videos v ON v.id = video_id "
                + "WHERE v.original_path = '\(target)'")
        guard jobs == "0" else { throw FixtureError("\(jobs) jobs of a part") }
    }

    private func state(_ column: String) async throws -> String {
        try await fixture.query("SELECT \(column) FROM videos WHERE original_path = '\(target)'")
    }

    // MARK: Times

    static var now: Int64 {
        let time = Date().timeIntervalSince1970
        return Int64(time * 1_000_000_000)
    }

    private func note(_ time: Int64) { notBefore.withLock { $0 = max($0, time) } }

    private static func bytes(in folder: FilePath) -> Int64 {
        // A temporary file may vanish while it is looked at.
        let names = (try? ByteFile.all(below: folder)) ?? []
        return names.map { (try? ByteFile.status(folder.appending($0.components)).st_size).map(Int64.init) ?? 0 }.max()
            ?? 0
    }
}
