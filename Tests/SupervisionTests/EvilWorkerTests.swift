import CEvil
import Domain
import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing
import WorkerProtocol

@testable import Supervision

/// What an attacker who runs code in a sealed worker can do: nothing.
@Suite(.serialized) struct EvilWorkerTests {
    static let attempts: [String] = {
        var names: [String] = []
        while let name = unsafe evil_name(Int32(names.count)) { names.append(unsafe String(cString: name)) }
        return names
    }()

    /// Attempts that work for any user on any kernel where nothing is sealed: without them, a refusal would prove
    /// nothing.
    static let workingUnsealed = [
        "open-secret", "look-at-secret", "list-root", "create-file", "make-directory", "make-link", "make-device",
        "remove-file", "change-directory", "reopen-output", "open-own-memory", "change-mode-of-original",
        "change-times-of-original", "lock-original", "duplicate-original", "receive-descriptor", "connect-loopback",
        "send-datagram", "make-local-socket", "make-pipe", "fork", "clone", "clone3", "signal-parent",
        "signal-thread-of-parent", "hold-parent", "raise-own-limit", "become-dumpable", "map-code", "make-memory-code",
        "make-memory-file", "watch-files",
    ]

    /// A place that does not exist, and a port that somebody listens at.
    private func scene<Value>(_ body: (_ argument: (String) -> String) async throws -> Value) async throws -> Value {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let listener = try LoopbackListener()
        let place = tree.path.appending("made by evil").string
        let value = try await body { $0.contains("loopback") || $0.contains("datagram") ? "\(listener.port)" : place }
        if ByteFile.exists(FilePath(place)) { throw FixtureError("something was made at \(place)") }
        if try listener.wasReached { throw FixtureError("somebody connected") }
        return value
    }

    @Test(arguments: attempts) func sealedWorkerCannot(attempt: String) async throws {
        let failure = try await scene { argument in try await EvilBench().probe("\(attempt) \(argument(attempt))") }
        let end = try #require(failure)
        // Ended by the kernel, or refused with an error.
        let isRefused = end.code == .decodeFailed && end.message == "clip.mov: refused"
        #expect(end.code == .workerForbiddenCall || isRefused, Comment(rawValue: "\(end)"))
        #expect(kill(getpid(), 0) == 0)
    }

    @Test(arguments: ["open-secret", "fork", "connect-loopback", "map-code", "signal-parent"])
    func sealedThreadCannotEither(attempt: String) async throws {
        let failure = try await scene { argument in
            try await EvilBench().probe("thread:\(attempt) \(argument(attempt))")
        }
        let end = try #require(failure)
        let isRefused = end.code == .decodeFailed && end.message == "clip.mov: refused"
        #expect(end.code == .workerForbiddenCall || isRefused, Comment(rawValue: "\(end)"))
    }

    @Test(arguments: workingUnsealed) func attemptWorksWhereNothingIsSealed(attempt: String) async throws {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let listener = try LoopbackListener()
        let isNetwork = attempt.contains("loopback") || attempt.contains("datagram")
        let argument = isNetwork ? "\(listener.port)" : tree.path.appending("made by evil").string
        let failure = try await EvilBench(sandbox: .off).probe("\(attempt) \(argument)")
        #expect(failure?.message == "clip.mov: it worked", Comment(rawValue: "\(String(describing: failure))"))
    }

    /// Opened for reading only: the kernel itself keeps the original, sealed or not.
    @Test(arguments: [SandboxPolicy.required, .off]) func originalCannotBeWritten(sandbox: SandboxPolicy) async throws {
        let failure = try #require(try await EvilBench(sandbox: sandbox).probe("write-original"))
        #expect(failure.message != "clip.mov: it worked")
    }

    @Test func threadsStillRun() async throws {
        #expect(try await EvilBench().probe("start-threads")?.message == "clip.mov: threads run")
    }

    @Test func memoryEndsAtItsLimit() async throws {
        var limits = WorkerLimits()
        limits.maxMemoryBytes = 256 << 20
        let failure = try #require(try await EvilBench(limits: limits).probe("take-memory"))
        #expect(failure.code == .workerOutOfMemory)
        let taken = try #require(Int(failure.message.split(separator: " ").dropLast().last ?? ""))
        #expect((64...256).contains(taken), Comment(rawValue: failure.message))
    }

    @Test func memoryThatSwiftCannotGetIsNamedSo() async throws {
        var limits = WorkerLimits()
        limits.maxMemoryBytes = 256 << 20
        let failure = try #require(try await EvilBench(limits: limits).probe("take-memory-as-swift"))
        #expect(failure.code == .workerOutOfMemory, Comment(rawValue: "\(failure)"))
    }

    @Test func outputEndsAtItsLimit() async throws {
        var limits = WorkerLimits()
        limits.maxOutputBytes = 3 << 20
        let failure = try #require(try await EvilBench(limits: limits).transcode("fill-output"))
        #expect(failure.code == .limitExceeded)
        #expect(failure.message.hasSuffix("wrote \(3 << 20) bytes"), Comment(rawValue: "\(failure)"))
    }

    @Test func processorTimeEndsAtItsLimit() async throws {
        var limits = WorkerLimits()
        limits.maxProcessorSeconds = 1
        let failure = try #require(try await EvilBench(limits: limits).probe("burn"))
        #expect(failure.code == .workerTimeout)
        #expect(failure.message.contains("SIGXCPU"), Comment(rawValue: failure.message))
    }
}

/// A TCP and a UDP socket on one port of the loopback interface.
private final class LoopbackListener {
    let port: UInt16
    private let stream: Int32
    private let datagrams: Int32

    init() throws {
        stream = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        datagrams = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (stream, datagrams) = (stream, datagrams)
        let isReady = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(stream, address, length) == 0 && listen(stream, 4) == 0
                    && getsockname(stream, address, &length) == 0 && bind(datagrams, address, length) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard isReady else { throw Errno(rawValue: errno) }
    }

    deinit {
        _ = close(stream)
        _ = close(datagrams)
    }

    var wasReached: Bool {
        get throws {
            var byte: UInt8 = 0
            return unsafe accept(stream, nil, nil) >= 0 || recv(datagrams, &byte, 1, 0) >= 0
        }
    }
}
