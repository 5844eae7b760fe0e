public import SystemPackage

/// Who is told of jobs that ended.
public struct HookSettings: Sendable, Hashable {
    /// A program and its arguments, of which some are placeholders; `nil` for none.
    public var onCompleted: [String]?
    public var onFailed: [String]?
    /// Where the sidecar is posted to; `nil` for nowhere.
    public var webhook: String?
    /// The file with the key of the signature; `nil` for no signature.
    public var webhookSecretFile: FilePath?
    /// How long one try may take.
    public var timeout: Duration
    /// Tries after the first.
    public var retries: Int

    public init(
        onCompleted: [String]? = nil, onFailed: [String]? = nil, webhook: String? = nil,
        webhookSecretFile: FilePath? = nil, timeout: Duration = .seconds(30), retries: Int = 10
    ) {
        self.onCompleted = onCompleted
        self.onFailed = onFailed
        self.webhook = webhook
        self.webhookSecretFile = webhookSecretFile
        self.timeout = timeout
        self.retries = retries
    }

    public var isEmpty: Bool { onCompleted == nil && onFailed == nil && webhook == nil }
}
