import Domain
import SystemPackage

/// What may stand for a whole argument of a hook's program.
enum HookArgument: String, Sendable, CaseIterable {
    case original, proxy, sidecar, event, code
    case videoID = "video_id"
    case jobID = "job_id"

    var placeholder: String { "{\(rawValue)}" }

    /// The value as bytes, as the file system has them; empty where there is none.
    func value(for delivery: HookMessage) -> [UInt8] {
        switch self {
        case .original: delivery.video.originalPath.bytes
        case .proxy: delivery.video.proxyPath?.bytes ?? []
        case .sidecar: delivery.sidecar.bytes
        case .event: Array(delivery.event.rawValue.utf8)
        case .code: Array((delivery.video.processingError?.code.rawValue ?? "").utf8)
        case .videoID: Array(delivery.video.id.utf8)
        case .jobID: Array(delivery.jobID.utf8)
        }
    }

    /// The arguments as they are given to the program: data, whatever the names of files contain.
    static func resolved(_ arguments: [String], for message: HookMessage) -> [[UInt8]] {
        arguments.map { argument in
            allCases.first { $0.placeholder == argument }?.value(for: message) ?? Array(argument.utf8)
        }
    }
}

/// What a hook is told.
struct HookMessage: Sendable {
    let id: Int64
    let event: ProcessingStatus
    let jobID: String
    let video: VideoSnapshot
    let sidecar: FilePath
    /// The sidecar as it is now.
    let body: [UInt8]
}
