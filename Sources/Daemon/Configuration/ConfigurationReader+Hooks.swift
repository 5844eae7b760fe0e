import SystemPackage

extension ConfigurationReader {
    static func readHooks(_ hooks: ConfigurationSection) throws(ConfigurationError) -> HookSettings {
        try hooks.allowOnly(ConfigurationKeys.names(in: .hooks))
        var settings = HookSettings()
        settings.onCompleted = try readCommand("on_completed", hooks)
        settings.onFailed = try readCommand("on_failed", hooks)
        if let url = try hooks.string("webhook") {
            guard url.hasPrefix("http://") || url.hasPrefix("https://") else {
                throw hooks.error(
                    "webhook", "expected an address that begins with http:// or https://, found \"\(url)\"")
            }
            settings.webhook = url
        }
        settings.webhookSecretFile = try hooks.absolutePath("webhook_secret_file")
        if let timeout = try hooks.duration("timeout") {
            guard (.seconds(1) ... .seconds(3600)).contains(timeout) else {
                throw hooks.error("timeout", "expected a duration from \"1s\" to \"1h\"")
            }
            settings.timeout = timeout
        }
        if let retries = try hooks.integer("retries", in: 0...1000) { settings.retries = retries }
        return settings
    }

    private static func readCommand(
        _ key: String, _ hooks: ConfigurationSection
    ) throws(ConfigurationError) -> [String]? {
        guard let words = try hooks.strings(key), let program = words.first else { return nil }
        guard FilePath(program).isAbsolute else {
            throw hooks.error(
                key, "expected the absolute path of a program first (no shell reads the list), found \"\(program)\"")
        }
        let known = HookArgument.allCases.map(\.placeholder)
        for word in words.dropFirst() where word.hasPrefix("{") && word.hasSuffix("}") && !known.contains(word) {
            let guess = Suggestion.nearest(to: word, among: known)
            let remedy = guess.map { "did you mean \"\($0)\"?" } ?? "known are \(known.joined(separator: ", "))"
            throw hooks.error(key, "unknown placeholder \"\(word)\"; \(remedy)")
        }
        return words
    }
}
