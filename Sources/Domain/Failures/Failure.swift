/// Why an attempt did not make a proxy: what the sidecar, the database and the log say.
public struct Failure: Error, Sendable, Hashable, Codable {
    public let code: FailureCode
    /// One sentence for a person: what is wrong with which file, and what to do.
    public let message: String
    /// Technical detail, such as libav's last lines; bounded, may be empty.
    public let detail: String

    /// The longest `detail` that is kept, in UTF-8 bytes.
    public static let maximumDetailBytes = 4096

    public init(_ code: FailureCode, _ message: String, detail: String = "") {
        self.code = code
        self.message = message
        self.detail = Failure.bounded(detail)
    }

    public var isRetryable: Bool { code.isRetryable }

    /// Keeps the end of a long text, where the last and most telling lines are.
    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > maximumDetailBytes else { return text }
        var kept = Substring(text)
        while kept.utf8.count > maximumDetailBytes - 3 { kept.removeFirst(min(64, kept.count)) }
        return "…" + kept
    }
}
