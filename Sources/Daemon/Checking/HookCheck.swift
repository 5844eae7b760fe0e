import Domain
import DurableFiles
import FoundationEssentials

/// Looks whether the hooks that are configured can be run.
enum HookCheck {
    static func findings(_ settings: HookSettings) -> [Finding] {
        let programs = [("hooks.on_completed", settings.onCompleted), ("hooks.on_failed", settings.onFailed)]
        var findings = programs.compactMap { key, words in words?.first.map { check(program: $0, of: key) } }
        guard settings.webhook != nil else { return findings }
        findings.append(checkClient())
        if let secret = settings.webhookSecretFile {
            do {
                _ = try SmallFile.readText(secret, maximumBytes: 4096)
            } catch {
                findings.append(
                    Finding(
                        .problem, "hooks.webhook_secret_file", "it cannot be read (\(error))",
                        remedy: "let the daemon's user read it"))
            }
        }
        return findings
    }

    private static func check(program: String, of key: String) -> Finding {
        guard FileManager.default.isExecutableFile(atPath: program) else {
            return Finding(
                .problem, key, "\(program) is no program that may be run", remedy: "check the path and chmod +x")
        }
        return Finding(.ok, key, program)
    }

    private static func checkClient() -> Finding {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        let found = path.split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(Hook.client)")
        }
        guard found else {
            return Finding(
                .problem, "hooks.webhook", "there is no \(Hook.client)", remedy: "apt install \(Hook.client)")
        }
        return Finding(.ok, "hooks.webhook", "is told by \(Hook.client)")
    }
}
