import Foundation
import Glibc
import Synchronization
public import SystemPackage

/// One test's own tree, state directory and log, and the real daemon on them.
///
/// At the end it stops what runs, and demands that nothing is left behind and nothing contradicts (`check`).
public final class DaemonFixture: Sendable {
    public let tree: TemporaryTree
    /// The watched tree.
    public let root: FilePath
    public let stateDirectory: FilePath
    /// What the daemon writes to standard error, over all its starts.
    public let log: FilePath
    /// Makes workers wait; see `WorkerGate`.
    public let gate: WorkerGate

    private let process = Mutex<Process?>(nil)
    /// Workers that were seen, and must be gone at the end.
    private let seenChildren = Mutex<Set<ProcessTable.Entry>>([])

    /// Gives a test a fixture, and holds what is left of it against the demands. Where the test fails, the daemon is
    /// stopped all the same.
    public static func with(_ body: (DaemonFixture) async throws -> Void) async throws {
        let fixture = try DaemonFixture()
        defer { fixture.tree.remove() }
        do {
            try await body(fixture)
        } catch {
            fixture.gate.open()
            _ = try? await fixture.stop()  // The first error is the one to tell.
            throw FixtureError("\(error)\n--- end of the log:\n\(fixture.endOfLog)")
        }
        fixture.gate.open()
        if fixture.isRunning {
            let status = try await fixture.stop()
            guard status == 0 else { throw FixtureError("the daemon ended with \(status):\n\(fixture.endOfLog)") }
        }
        try await fixture.check()
    }

    private init() throws {
        tree = try TemporaryTree.make()
        root = try tree.directory("root")
        stateDirectory = tree.path.appending("state")
        log = try tree.file("serve.log", [])
        gate = try WorkerGate(in: tree)
    }

    // MARK: The daemon

    public var isRunning: Bool { process.withLock { $0?.isRunning ?? false } }
    public var processID: Int32? { process.withLock { $0?.processIdentifier } }

    /// Starts `understudy serve` with a configuration file.
    ///
    /// - Parameters:
    ///   - faults: what is to befall the daemon.
    ///   - variables: further ones of its environment.
    public func start(
        _ configuration: TestConfiguration = TestConfiguration(), faults: FaultPlan? = nil,
        variables: [String: String] = [:]
    ) throws {
        try start(["serve", "--config", try write(configuration).string], faults: faults, variables: variables)
    }

    /// Starts the program with these words.
    ///
    /// - Parameter wrapper: a program with its words that becomes the one which is named after them.
    public func start(
        _ arguments: [String], through wrapper: [String] = [], faults: FaultPlan? = nil,
        variables: [String: String] = [:]
    ) throws {
        guard !isRunning else { throw FixtureError("the daemon runs already") }
        let daemon = Process()
        daemon.executableURL = URL(fileURLWithPath: wrapper.isEmpty ? Programs.understudy.string : "/usr/bin/env")
        daemon.arguments = (wrapper.isEmpty ? [] : wrapper + [Programs.understudy.string]) + arguments
        daemon.environment = ProcessInfo.processInfo.environment.merging(try environment(faults)) { $1 }
            .merging(variables) { $1 }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log.string))
        try output.seekToEnd()
        daemon.standardError = output
        daemon.standardOutput = output
        try daemon.run()
        process.withLock { $0 = daemon }
    }

    /// Ends the daemon with SIGTERM.
    /// - Returns: its exit code; minus the signal's number where a signal ended it.
    @discardableResult
    public func stop() async throws -> Int32 { try await end(with: SIGTERM) }

    /// Ends the daemon with SIGKILL.
    public func kill() async throws { _ = try await end(with: SIGKILL) }

    private func end(with signal: Int32) async throws -> Int32 {
        guard let daemon = process.withLock({ $0 }) else { throw FixtureError("no daemon was started") }
        noteChildren()
        if daemon.isRunning { _ = Glibc.kill(daemon.processIdentifier, signal) }
        guard await eventually({ !daemon.isRunning }) else {
            _ = Glibc.kill(daemon.processIdentifier, SIGKILL)
            throw FixtureError("the daemon did not end after signal \(signal):\n\(endOfLog)")
        }
        return daemon.terminationReason == .uncaughtSignal ? -daemon.terminationStatus : daemon.terminationStatus
    }

    /// Waits until the daemon has ended by itself, or by a fault's hand.
    public func waitForEnd() async throws {
        guard await eventually({ !isRunning }) else { throw FixtureError("the daemon goes on:\n\(endOfLog)") }
    }

    private func noteChildren() {
        guard let processID else { return }
        let children = ProcessTable.children(of: processID)
        seenChildren.withLock { $0.formUnion(children) }
    }

    /// Writes the configuration and names its file.
    public func write(_ configuration: TestConfiguration) throws -> FilePath {
        try tree.file("understudy.toml", configuration.text(root: root, stateDirectory: stateDirectory).utf8)
    }

    /// Runs another verb of the program to its end.
    public func understudy(_ arguments: [String]) async throws -> CommandResult {
        try await Command.run(
            Programs.understudy.string, arguments, environment: ["UNDERSTUDY_WORKER": gate.program.string])
    }

    /// `understudy once` over the root, with short waits.
    /// - Parameter faults: what is to befall it.
    public func once(
        _ configuration: TestConfiguration = TestConfiguration(), faults: FaultPlan? = nil
    ) async throws -> CommandResult {
        try await Command.run(
            Programs.understudy.string,
            [
                "once", root.string, "--config", try write(configuration).string, "--state-dir", stateDirectory.string,
            ], environment: try environment(faults))
    }

    // MARK: Faults

    private var traceFile: FilePath { tree.path.appending("faults.trace") }

    /// What the daemon has called, over all starts with a plan.
    public var faultTrace: FaultTrace { get throws { try FaultTrace.read(traceFile) } }

    private func environment(_ faults: FaultPlan?) throws -> [String: String] {
        guard let faults else { return ["UNDERSTUDY_WORKER": gate.program.string] }
        guard ByteFile.exists(Programs.faultInjection) else {
            throw FixtureError("\(Programs.faultInjection) is missing; build with `swift build --build-tests`")
        }
        // Beside what the run as a whole loads, as `make tsan` does.
        let others = ProcessInfo.processInfo.environment["LD_PRELOAD"].map { [$0] } ?? []
        let preloaded = ([Programs.faultInjection.string] + others).joined(separator: ":")
        return [
            "UNDERSTUDY_WORKER": gate.program.string, "LD_PRELOAD": preloaded,
            "FAULT_PLAN": try tree.file("faults.plan", faults.text.utf8).string, "FAULT_TRACE": traceFile.string,
            "FAULT_SCOPE": tree.path.string,
        ]
    }

    // MARK: Files

    /// A path below the root.
    public func path(_ relative: String) -> FilePath { root.appending(FilePath(relative).components) }

    /// Creates a file below the root, with its directories.
    @discardableResult
    public func put(_ bytes: some Sequence<UInt8>, at relative: String) throws -> FilePath {
        try makeDirectory(path(relative).removingLastComponent())
        try ByteFile.write(bytes, to: path(relative))
        return path(relative)
    }

    @discardableResult
    public func put(_ clip: GeneratedMedia, at relative: String) async throws -> FilePath {
        try put(try await clip.bytes, at: relative)
    }

    public func makeDirectory(_ directory: FilePath) throws {
        try FileManager.default.createDirectory(atPath: directory.string, withIntermediateDirectories: true)
    }

    // MARK: States

    /// Waits until the sidecar at a path below the root satisfies a condition.
    public func wait(
        for sidecar: String, _ what: String, until condition: (Sidecar) throws -> Bool
    ) async throws -> Sidecar {
        var last: Sidecar?
        let isSo = try await eventually {
            last = try Sidecar.read(path(sidecar))
            return try last.map(condition) ?? false
        }
        guard isSo, let last else {
            throw FixtureError("\(sidecar) never said \(what); it says \(last.map { "\($0)" } ?? "nothing")")
        }
        return last
    }

    @discardableResult
    public func waitUntilCompleted(_ sidecar: String) async throws -> Sidecar {
        try await wait(for: sidecar, "completed") { $0.processingStatus == "completed" }
    }

    @discardableResult
    public func waitUntilFailed(_ sidecar: String, with code: String) async throws -> Sidecar {
        try await wait(for: sidecar, "failed with \(code)") { $0.processingError?.code == code }
    }

    /// Waits for a line of the log.
    public func waitForLog(_ text: String) async throws {
        guard try await eventually({ try logText.contains(text) }) else {
            throw FixtureError("the log never said “\(text)”:\n\(endOfLog)")
        }
    }

    public var logText: String { get throws { String(decoding: try ByteFile.read(log), as: UTF8.self) } }

    private var endOfLog: String {
        // Only for a message about something else.
        (try? logText)?.split(separator: "\n").suffix(40).joined(separator: "\n") ?? ""
    }

    /// What the database says, by the `sqlite3` command.
    public func query(_ sql: String) async throws -> String {
        let database = stateDirectory.appending("understudy.db").string
        return try await Command.output("sqlite3", ["-readonly", database, ".timeout 10000", sql])
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    // MARK: The end

    /// The demands: no process, no temporary file, no contradiction, a sound database, valid sidecars, no empty proxy.
    private func check() async throws {
        let children = seenChildren.withLock { $0 }
        guard await eventually({ children.allSatisfy { !ProcessTable.isAlive($0) } }) else {
            throw FixtureError("a worker outlived the daemon: \(children)")
        }
        guard await eventually({ ProcessTable.users(of: tree.path).isEmpty }) else {
            throw FixtureError("a process still has a file open: \(ProcessTable.users(of: tree.path))")
        }
        let files = try ByteFile.all(below: tree.path)
        let strays = files.filter { $0.lastComponent?.string.hasPrefix(".understudy-") ?? false }
        guard strays.isEmpty else { throw FixtureError("temporary files are left: \(strays)") }
        if ByteFile.exists(stateDirectory.appending("understudy.db")) {
            let contradictions = try await query("SELECT * FROM contradictions")
            guard contradictions.isEmpty else { throw FixtureError("contradictions: \(contradictions)") }
            let integrity = try await query("PRAGMA integrity_check")
            guard integrity == "ok" else { throw FixtureError("integrity_check: \(integrity)") }
        }
        try await SidecarCheck.run(below: tree.path)
    }
}

/// A demand that was not met.
public struct FixtureError: Error, CustomStringConvertible {
    public let description: String

    public init(_ description: String) { self.description = description }
}
