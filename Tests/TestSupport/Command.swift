import Subprocess
import SystemPackage

/// What a program came to.
public struct CommandResult: Sendable {
    /// The exit code; minus the signal's number where a signal ended it.
    public let status: Int32
    public let output: String
    public let errors: String
}

/// A program could not do what a test needs of it.
public struct CommandFailed: Error, CustomStringConvertible {
    public let description: String
}

/// Runs programs to their end.
public enum Command {
    private static let longestOutput = 16 << 20

    /// - Parameters:
    ///   - program: a path, or a name that is looked for as the shell does.
    ///   - environment: added to the test's own.
    public static func run(
        _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> CommandResult {
        let additions = environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        let result = try await Subprocess.run(
            program.contains("/") ? .path(FilePath(program)) : .name(program), arguments: Arguments(arguments),
            environment: .inherit.updating(Dictionary(additions) { $1 }),
            output: .bytes(limit: longestOutput), error: .bytes(limit: longestOutput))
        let status: Int32 =
            switch result.terminationStatus {
            case .exited(let code): code
            case .signaled(let signal): -signal
            }
        return CommandResult(
            status: status, output: String(decoding: result.standardOutput, as: UTF8.self),
            errors: String(decoding: result.standardError, as: UTF8.self))
    }

    /// The standard output of a program that must succeed.
    @discardableResult
    public static func output(_ name: String, _ arguments: [String]) async throws -> String {
        let result = try await run(name, arguments)
        guard result.status == 0 else {
            let line = ([name] + arguments).joined(separator: " ")
            throw CommandFailed(description: "\(line): ended with \(result.status): \(result.errors)")
        }
        return result.output
    }
}
