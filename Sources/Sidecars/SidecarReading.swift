public import Domain
import DurableFiles
import FoundationEssentials
public import SystemPackage

/// What lies at a sidecar's place, as a reader finds it.
public enum SidecarReading: Sendable, Hashable {
    case nothing
    /// No JSON object with a sidecar's fields: torn, empty, or somebody else's.
    case unreadable
    /// A sidecar that says so.
    case sidecar(SidecarFields)
    /// A directory, a link, or a file far too long.
    case other
}

/// What a sidecar says, as far as it is held against the row. Read for that comparison only: nothing is ever believed
/// because a sidecar says so.
public struct SidecarFields: Sendable, Hashable, Decodable {
    public let videoID: String
    public let revision: Int
    public let uploadStatus: String
    public let processingStatus: String
    public let processingJobID: String?
    public let jobStatus: String?
    public let proxyHash: String?
    /// Relative to the sidecar's directory.
    public let proxyPath: String?

    private enum Keys: String, CodingKey {
        case revision, proxy
        case videoID = "video_id"
        case uploadStatus = "upload_status"
        case processingStatus = "processing_status"
        case processingJobID = "processing_job_id"
        case jobStatus = "job_status"
    }

    private struct Proxy: Decodable {
        let sha256: String
        let path: String
    }

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Keys.self)
        videoID = try fields.decode(String.self, forKey: .videoID)
        revision = try fields.decode(Int.self, forKey: .revision)
        uploadStatus = try fields.decode(String.self, forKey: .uploadStatus)
        processingStatus = try fields.decode(String.self, forKey: .processingStatus)
        processingJobID = try fields.decodeIfPresent(String.self, forKey: .processingJobID)
        jobStatus = try fields.decodeIfPresent(String.self, forKey: .jobStatus)
        let proxy = try fields.decodeIfPresent(Proxy.self, forKey: .proxy)
        proxyHash = proxy?.sha256
        proxyPath = proxy?.path
    }

    /// What a row's sidecar says.
    public init(_ video: VideoSnapshot) {
        videoID = video.id
        revision = video.revision
        uploadStatus = video.uploadStatus.rawValue
        processingStatus = video.processingStatus.rawValue
        processingJobID = video.job?.id
        jobStatus = video.job?.status.rawValue
        let proxy = SidecarProxy(video)
        proxyHash = proxy?.result.sha256
        proxyPath = proxy.map { RelativePath.text(of: $0.path, from: $0.directory) }
    }
}

extension SidecarFolder {
    private static let longest = 1 << 20

    /// Reads what lies at a path.
    ///
    /// - Throws: where the directory cannot be looked into; one that is not there has nothing in it.
    public func reading(at path: FilePath) async throws(Failure) -> SidecarReading {
        try await lanes.run { () throws(Failure) in
            guard let name = path.fileName else { return .nothing }
            let directory: OutputDirectory
            do throws(Failure) {
                directory = try folders.open(path.removingLastComponent(), creating: false)
            } catch {
                guard error.detail == "errno \(Errno.noSuchFileOrDirectory.rawValue)" else { throw error }
                return .nothing
            }
            switch try directory.entry(at: name) {
            case .nothing: return .nothing
            case .other: return .other
            case .file: break
            }
            guard let bytes = try directory.read(name, maximumBytes: SidecarFolder.longest) else { return .other }
            // What cannot be understood is no sidecar: that is the answer.
            guard let fields = try? JSONDecoder().decode(SidecarFields.self, from: Data(bytes)) else {
                return .unreadable
            }
            return .sidecar(fields)
        }
    }
}
