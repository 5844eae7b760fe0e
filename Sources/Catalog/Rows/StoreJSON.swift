import Domain
import FoundationEssentials

/// JSON in columns: keys sorted, so that equal values are equal texts.
enum StoreJSON {
    static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// - Parameter column: for the message where the text cannot be understood.
    static func decode<Value: Decodable>(_ type: Value.Type, _ text: String, column: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(text.utf8))
        } catch {
            throw StoreError(.unreadable, "The database's column \(column) cannot be understood: \(error)")
        }
    }
}

/// A failure as it stands in `processing_error` and in the sidecar: with the verdict that follows from its code.
struct FailureRecord: Codable {
    let code: FailureCode
    let message: String
    let detail: String
    let retryable: Bool

    init(_ failure: Failure) {
        code = failure.code
        message = failure.message
        detail = failure.detail
        retryable = failure.isRetryable
    }

    var failure: Failure { Failure(code, message, detail: detail) }
}
