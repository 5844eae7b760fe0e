import ArgumentParser
import Daemon
import Domain

/// `understudy pause`
struct PauseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Start no more jobs until `understudy resume`.",
        discussion: "Running jobs are finished, uploads are still followed. The pause survives a restart.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await report {
            let hasChanged = try await Pause.set(.pause, options)
            Terminal.write(hasChanged ? "paused\n" : "already paused\n")
            return .success
        }
    }
}

/// `understudy resume`
struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Start jobs again after `understudy pause`.")

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        try await report {
            let hasChanged = try await Pause.set(.resume, options)
            Terminal.write(hasChanged ? "resumed\n" : "not paused\n")
            return .success
        }
    }
}

private enum Pause {
    static func set(_ request: ControlRequest, _ options: GlobalOptions) async throws -> Bool {
        switch try await StateWriter.carryOut(request, configuration: options.readConfigurationIfAny()) {
        case .paused(let hasChanged): return hasChanged
        case .refused(let reason): throw DaemonError(.failed, reason)
        default: throw DaemonError(.failed, "the daemon answered something else")
        }
    }
}
