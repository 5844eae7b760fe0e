/// Exit codes of `understudy-worker`. The outcome itself travels on the channel; the code tells the rest.
public enum WorkerExit: Int32, Sendable, CaseIterable {
    /// The outcome was sent, whatever it says.
    case answered = 0
    /// Started by a person, or without a channel.
    case noChannel = 64
    /// The request could not be understood.
    case badRequest = 65
    /// The kernel lacks a part of the seal, and the request demands all. Standard error names it.
    case notSealed = 71
    /// The channel broke: the supervisor is gone.
    case channelLost = 74
}
