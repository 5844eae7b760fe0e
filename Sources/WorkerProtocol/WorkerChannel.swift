import FoundationEssentials

/// The framing on the channel between supervisor and worker: one JSON text for each message of a sequenced-packet
/// socket, so that the kernel keeps the borders. The worker finds its end at standard input.
public enum WorkerChannel {
    /// The longest message, in bytes. A longer one ends the conversation.
    public static let maximumMessageBytes = 64 * 1024

    public static func encode(_ value: some Encodable) throws -> [UInt8] {
        Array(try JSONEncoder().encode(value))
    }

    public static func decodeRequest(_ bytes: [UInt8]) throws -> WorkerRequest {
        try JSONDecoder().decode(WorkerRequest.self, from: Data(bytes))
    }

    public static func decodeMessage(_ bytes: [UInt8]) throws -> WorkerMessage {
        try JSONDecoder().decode(WorkerMessage.self, from: Data(bytes))
    }
}
