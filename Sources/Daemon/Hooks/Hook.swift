import Domain
import DurableFiles
import Supervision

/// One way to be told. Its name stands in the database.
enum Hook: String, Sendable, CaseIterable {
    case onCompleted = "on_completed"
    case onFailed = "on_failed"
    case webhook

    /// What it is told of, by a configuration.
    func events(in settings: HookSettings) -> [ProcessingStatus] {
        switch self {
        case .onCompleted: settings.onCompleted == nil ? [] : [.completed]
        case .onFailed: settings.onFailed == nil ? [] : [.failed]
        case .webhook: settings.webhook == nil ? [] : [.completed, .failed]
        }
    }

    /// The program that tells it; `nil` where the configuration has it no more.
    ///
    /// The webhook is told by `curl`, whose TLS, proxies and time limits are those that an operator knows; a client of our
    /// own would be a large dependency for one request.
    func program(for message: HookMessage, _ settings: HookSettings) throws -> HookProgram? {
        switch self {
        case .onCompleted: return Hook.program(settings.onCompleted, message, settings)
        case .onFailed: return Hook.program(settings.onFailed, message, settings)
        case .webhook:
            guard let url = settings.webhook else { return nil }
            var headers = [
                "Content-Type: application/json", "User-Agent: \(Generator.name)",
                "X-Understudy-Event: \(message.event.rawValue)", "X-Understudy-Delivery: \(message.jobID)",
            ]
            if let file = settings.webhookSecretFile {
                let key = try SmallFile.readText(file, maximumBytes: 4096).filter { !$0.isNewline }
                let signature = MessageSignature.sign(message.body, key: Array(key.utf8))
                headers.append("X-Understudy-Signature: sha256=\(signature)")
            }
            let seconds = max(1, Int(settings.timeout.components.seconds))
            // curl(1): -q first of all, so that no .curlrc counts.
            let arguments =
                ["-q", "--silent", "--show-error", "--fail", "--globoff", "--max-time", "\(seconds)"]
                + ["--proto", "=http,https", "--output", "/dev/null", "--data-binary", "@-"]
                + headers.flatMap { ["--header", $0] } + ["--url", url]
            return HookProgram(
                program: Hook.client, arguments: arguments.map { Array($0.utf8) }, input: message.body,
                timeLimit: settings.timeout + .seconds(1))
        }
    }

    static let client = "curl"

    private static func program(
        _ words: [String]?, _ message: HookMessage, _ settings: HookSettings
    ) -> HookProgram? {
        guard let words, let program = words.first else { return nil }
        return HookProgram(
            program: program, arguments: HookArgument.resolved(Array(words.dropFirst()), for: message),
            input: message.body, timeLimit: settings.timeout)
    }
}
