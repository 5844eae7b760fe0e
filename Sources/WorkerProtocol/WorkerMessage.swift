public import Domain

/// What a worker says: that it is sealed, any number of events, then exactly one outcome; then it exits.
///
/// Until `sealed` it has not read a byte of any file. What it says afterwards may be an attacker's word.
public enum WorkerMessage: Sendable, Hashable, Codable {
    case sealed(SealReport)
    case media(MediaDescription)
    case progress(JobProgress)
    case transcoded(TranscodeReport)
    case verified(ProxyDescription)
    case probed(MediaDescription)
    case inspected
    case failed(Failure)

    /// Whether this is the last message of a conversation.
    public var isOutcome: Bool {
        switch self {
        case .sealed, .media, .progress: false
        case .transcoded, .verified, .probed, .inspected, .failed: true
        }
    }
}
