import Foundation
public import SystemPackage

/// A sidecar as a foreign program reads it: the contract's names, nothing of ours.
public struct Sidecar: Sendable, Decodable {
    public struct Original: Sendable, Decodable {
        public let path: String
        public let absolutePath: String
        public let sizeBytes: Int
    }

    public struct Problem: Sendable, Decodable {
        public let code: String
        public let message: String
        public let retryable: Bool
    }

    public struct Proxy: Sendable, Decodable {
        public let path: String
        public let sizeBytes: Int
        public let sha256: String
        public let durationSeconds: Double
        public let frames: Int
        public let width: Int
        public let height: Int
        public let frameRate: String
        public let videoCodec: String
        public let audioCodec: String?
        public let method: String
    }

    public let videoId: String
    public let revision: Int
    public let original: Original
    public let uploadStatus: String
    public let uploadEvidence: [String]
    public let processingStatus: String
    public let processingJobId: String?
    public let jobStatus: String?
    public let waitingFor: String?
    public let attempt: Int?
    public let processingError: Problem?
    public let proxy: Proxy?

    /// - Returns: `nil` where there is none (yet).
    /// - Throws: where the file is torn or not a sidecar: no reader may ever see that.
    public static func read(_ path: FilePath) throws -> Sidecar? {
        let bytes: [UInt8]
        do { bytes = try ByteFile.read(path) } catch Errno.noSuchFileOrDirectory { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Sidecar.self, from: Data(bytes))
    }
}
