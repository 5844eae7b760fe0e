public import Domain
public import Logging
public import SystemPackage

/// The metadata keys of every log line, in one place.
extension Logger.Metadata {
    /// Metadata about one original; names are escaped so that no name can forge a line.
    public static func original(_ path: FilePath) -> Logger.Metadata { ["original": .name(path)] }

    public static func job(_ job: ClaimedJob) -> Logger.Metadata {
        [
            "original": .name(job.location.path), "video": "\(job.videoID)", "job": "\(job.token.jobID)",
            "attempt": "\(job.token.attempt)",
        ]
    }

    public static func failure(_ failure: Failure) -> Logger.Metadata {
        ["code": "\(failure.code.rawValue)", "reason": "\(PrintableText.escaped(failure.message))"]
    }

    public func adding(_ other: Logger.Metadata) -> Logger.Metadata { merging(other) { _, new in new } }
}

extension Logger.MetadataValue {
    /// A path or a name from outside, escaped.
    public static func name(_ path: FilePath) -> Logger.MetadataValue {
        .string(PrintableText.escaped(PathText.encode(path.bytes)))
    }
}
