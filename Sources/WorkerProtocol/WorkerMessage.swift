public import Domain

/// What a worker says: any number of events, then exactly one outcome, then it exits.
public enum WorkerMessage: Sendable, Hashable, Codable {
    case media(MediaDescription)
    case progress(JobProgress)
    case transcoded(TranscodeReport)
    case verified(ProxyDescription)
    case probed(MediaDescription)
    case failed(Failure)
}
