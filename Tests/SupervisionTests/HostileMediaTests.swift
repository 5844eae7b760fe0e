import Domain
import Foundation
import Logging
import SystemPackage
import TestSupport
import Testing
import WorkerProtocol

@testable import Supervision

/// Each hostile file ends with an error of its own (or is harmless), soon, within its memory, and the sealed worker asks
/// the kernel for no name and no socket.
@Suite(.serialized) struct HostileMediaTests {
    /// Enough for the small pictures of these files, and far less than each bomb wants.
    private static var limits: WorkerLimits {
        var limits = WorkerLimits()
        limits.maxMemoryBytes = 512 << 20
        limits.maxProcessorSeconds = 60
        return limits
    }

    /// What a sealed worker may be seen to do.
    private static let harmless: Set<String> = [
        "pread64", "pwrite64", "ftruncate", "sendmsg", "fstat", "brk", "mmap", "munmap", "mremap", "madvise",
        "mprotect", "futex",
        "close", "exit", "exit_group", "gettid", "getpid", "clock_gettime", "getrandom", "sched_yield",
        "sched_getaffinity", "set_robust_list", "rseq", "rt_sigprocmask", "rt_sigaction", "clone", "clone3", "prctl",
        "sysinfo",
        "restart_syscall", "write", "gettimeofday", "nanosleep",
    ]

    @Test(arguments: HostileMedia.allCases) func hostileFileDoesNoHarm(file: HostileMedia) async throws {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let path = try tree.file("img%03d.mp4", try await file.bytes())
        let trace = tree.path.appending("trace")
        let memory = tree.path.appending("memory")
        let tracer = try tree.file("worker", Array(Self.tracer(trace: trace, memory: memory).utf8))
        try ByteFile.setMode(tracer, 0o755)
        let result = try await transcode(path, in: tree, worker: tracer)
        #expect(file.expected.contains(result), Comment(rawValue: "\(file): \(result)"))
        let peak = try #require(Int(String(decoding: try ByteFile.read(memory), as: UTF8.self)))
        #expect(peak > 0 && peak << 10 < Self.limits.maxMemoryBytes, Comment(rawValue: "\(file): \(peak) kB"))
        let calls = try callsAfterTheSeal(trace)
        #expect(!calls.isEmpty)
        let others = calls.filter { !HostileMediaTests.harmless.contains($0.name) }
        #expect(others.isEmpty, Comment(rawValue: "\(others.map(\.line))"))
    }

    /// Runs the worker under strace(1), and writes down the most memory that either had, in kilobytes (wait4(2)).
    private static func tracer(trace: FilePath, memory: FilePath) -> String {
        """
        #!/usr/bin/env python3
        import os, resource, subprocess
        traced = subprocess.run(["/usr/bin/strace", "-f", "-s", "64", "-o", "\(trace)", "\(Programs.worker)"])
        open("\(memory)", "w").write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
        raise SystemExit(traced.returncode)

        """
    }

    private func transcode(_ path: FilePath, in tree: TemporaryTree, worker: FilePath) async throws -> String {
        let original = try FileDescriptor.open(path, .readOnly)
        let output = try FileDescriptor.open(
            tree.path.appending("output"), .readWrite, options: [.create, .exclusiveCreate],
            permissions: .ownerReadWrite)
        defer {
            try? original.close()  // Nothing was written to it.
            try? output.close()  // Nobody reads it.
        }
        let supervisor = WorkerSupervisor(
            executable: worker, limits: HostileMediaTests.limits, patience: .seconds(60), logger: Logger(label: "test"))
        do throws(Failure) {
            _ = try await supervisor.transcode(
                original, named: "img%03d.mp4", into: output, preset: .review, onEvent: { _ in })
            return "made"
        } catch {
            return error.code.rawValue
        }
    }

    /// `PID NAME(…` lines of strace(1) from the message on that says "sealed".
    private func callsAfterTheSeal(_ trace: FilePath) throws -> [(name: String, line: String)] {
        let lines = String(decoding: try ByteFile.read(trace), as: UTF8.self).split(separator: "\n")
        let sealed = try #require(lines.firstIndex { $0.contains("sendmsg(0") && $0.contains("sealed") })
        return lines[(sealed + 1)...].compactMap { line in
            let call = line.drop { $0.isNumber || $0 == " " }
            guard let end = call.firstIndex(of: "("), call.first?.isLetter == true else { return nil }
            return (String(call[..<end]), String(line.prefix(200)))
        }
    }
}
