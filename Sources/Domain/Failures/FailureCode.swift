/// The stable strings of `processing_error.code`.
public enum FailureCode: String, Sendable, Codable, CaseIterable {
    case notMedia = "not_media"
    case noVideoStream = "no_video_stream"
    case truncated
    case encrypted
    case unsupportedCodec = "unsupported_codec"
    case decodeFailed = "decode_failed"
    case encodeFailed = "encode_failed"
    case verificationFailed = "verification_failed"
    case limitExceeded = "limit_exceeded"
    case workerCrashed = "worker_crashed"
    case daemonCrashed = "daemon_crashed"
    case workerTimeout = "worker_timeout"
    case workerOutOfMemory = "worker_out_of_memory"
    case workerForbiddenCall = "worker_forbidden_call"
    case workerLied = "worker_lied"
    case workerUnavailable = "worker_unavailable"
    case permissionDenied = "permission_denied"
    case destinationReadOnly = "destination_read_only"
    case ioError = "io_error"
    case diskFull = "disk_full"
    case mountMissing = "mount_missing"
    case originalChanged = "original_changed"
    case originalMissing = "original_missing"
    case proxyPathOccupied = "proxy_path_occupied"
    case nameTooLong = "name_too_long"
    case cancelled

    /// What a failure with this code means for its job. This table is the only place that decides it.
    public var disposition: FailureDisposition {
        switch self {
        case .notMedia, .noVideoStream, .truncated, .encrypted, .unsupportedCodec, .limitExceeded, .decodeFailed,
            .proxyPathOccupied, .nameTooLong, .originalMissing, .permissionDenied, .destinationReadOnly, .cancelled,
            .daemonCrashed:
            .permanent
        case .encodeFailed, .verificationFailed, .workerCrashed, .workerTimeout, .workerOutOfMemory,
            .workerForbiddenCall,
            .workerLied, .ioError:
            .transient
        case .originalChanged:
            .superseded
        case .diskFull:
            .waits(.diskSpace)
        case .mountMissing:
            .waits(.mount)
        case .workerUnavailable:
            .waits(.worker)
        }
    }

    /// Whether asking again without changing the original can succeed (`processing_error.retryable`).
    public var isRetryable: Bool {
        switch self {
        case .notMedia, .noVideoStream, .truncated, .encrypted, .unsupportedCodec, .limitExceeded, .decodeFailed,
            .originalMissing, .nameTooLong:
            false
        case .encodeFailed, .verificationFailed, .workerCrashed, .workerTimeout, .workerOutOfMemory,
            .workerForbiddenCall, .workerLied, .workerUnavailable, .permissionDenied, .destinationReadOnly, .ioError,
            .diskFull, .mountMissing, .originalChanged,
            .proxyPathOccupied, .cancelled, .daemonCrashed:
            true
        }
    }
}
