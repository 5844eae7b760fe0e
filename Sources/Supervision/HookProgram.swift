import CLinux
import Glibc
import Subprocess
import SystemPackage

/// A program of the operator's, run to its end: no shell, a time limit, its input as a file.
public struct HookProgram: Sendable {
    /// A path, or a name that is looked for in `$PATH`.
    public var program: String
    /// As bytes: names of files need not be UTF-8.
    public var arguments: [[UInt8]]
    /// Its standard input. In memory, so that a program that does not read it disturbs nobody.
    public var input: [UInt8]
    public var timeLimit: Duration

    public init(program: String, arguments: [[UInt8]], input: [UInt8], timeLimit: Duration) {
        self.program = program
        self.arguments = arguments
        self.input = input
        self.timeLimit = timeLimit
    }

    public enum End: Sendable, Hashable {
        case succeeded
        /// Why not, in one sentence.
        case failed(String)
    }

    /// How long it may take to end by itself after SIGTERM; then its process group is killed.
    private static let grace = Duration.seconds(2)
    /// Nothing of the daemon's own: its variables name sockets on which only the daemon may speak.
    private static let kept: [Environment.Key] = [
        "PATH", "LANG", "TZ", "HOME", "http_proxy", "https_proxy", "no_proxy",
    ]

    /// What it writes to standard error goes to the daemon's, and so to the journal. Cancelled, it ends the program.
    public func run() async -> End {
        await withTaskGroup(of: End.self) { group in
            group.addTask { await runToItsEnd() }
            group.addTask {
                // Cancelled when the program ends first, or the daemon.
                try? await Task.sleep(for: timeLimit)
                return .failed("it took longer than \(timeLimit)")
            }
            let first = await group.next() ?? .failed("it was not run")
            group.cancelAll()
            return first
        }
    }

    private func runToItsEnd() async -> End {
        do {
            let result = try await Subprocess.run(
                program.contains("/") ? .path(FilePath(program)) : .name(program),
                arguments: Arguments(HookProgram.terminated(arguments)), environment: environment,
                platformOptions: options,
                input: .fileDescriptor(try file(), closeAfterSpawningProcess: true), output: .discarded,
                error: .currentStandardError)
            switch result.terminationStatus {
            case .exited(0): return .succeeded
            case .exited(let code): return .failed("it ended with \(code)")
            case .signaled(let signal): return .failed("signal \(signal) ended it")
            }
        } catch {
            return .failed("it could not be started: \(error)")
        }
    }

    /// swift-subprocess 1.0 hands the bytes to strdup(3) as they are: it wants the end mark in them.
    private static func terminated(_ arguments: [[UInt8]]) -> [[UInt8]] {
        arguments.map { $0.filter { $0 != 0 } + [0] }
    }

    private func file() throws -> FileDescriptor {
        let number = unsafe clinux_memory_file("understudy-hook")
        guard number >= 0 else { throw Errno(rawValue: errno) }
        let file = FileDescriptor(rawValue: number)
        do {
            try file.writeAll(input)
            try file.seek(offset: 0, from: .start)
            return file
        } catch {
            try? file.close()  // The first error is the one to tell.
            throw error
        }
    }

    private var environment: Environment {
        var values: [Environment.Key: String] = [:]
        for key in HookProgram.kept {
            if let value = unsafe getenv(key.rawValue) { values[key] = unsafe String(cString: value) }
        }
        return .custom(values)
    }

    private var options: PlatformOptions {
        var options = PlatformOptions()
        options.processGroupID = 0
        options.teardownSequence = [
            .gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: HookProgram.grace)
        ]
        return options
    }
}
