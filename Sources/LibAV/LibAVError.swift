internal import CLibAV
import Glibc

/// A call into libav that failed.
public struct LibAVError: Error, Sendable, Hashable {
    /// What kind of failure it was. The raw values are stable.
    public enum Code: String, Sendable {
        /// The bytes are not what they should be (`AVERROR_INVALIDDATA`).
        case invalidData = "invalid_data"
        /// The bytes ended too early (`AVERROR_EOF` where more was needed).
        case unexpectedEnd = "unexpected_end"
        /// No allowed demuxer reads these bytes.
        case formatRefused = "format_refused"
        case decoderNotFound = "decoder_not_found"
        case encoderNotFound = "encoder_not_found"
        /// libav knows the feature but has no code for it (`AVERROR_PATCHWELCOME`, `ENOSYS`).
        case unsupported
        case outOfMemory = "out_of_memory"
        /// No space left, or over a quota.
        case noSpace = "no_space"
        /// The file would become longer than it may (setrlimit(2), `RLIMIT_FSIZE`).
        case tooLong = "too_long"
        /// Reading or writing the file failed.
        case inputOutput = "input_output"
        case other
    }

    public let code: Code
    /// What was tried and libav's own words for the result.
    public let message: String
    /// The return code, as `libavutil/error.h` defines them; 0 where libav gave none.
    public let averror: Int32

    init(_ code: Code, _ message: String, averror: Int32 = 0) {
        self.code = code
        self.message = message
        self.averror = averror
    }

    /// Wraps a negative return code of `operation`.
    init(_ operation: String, _ averror: Int32) {
        self.init(Code(averror: averror), "\(operation): \(LibAVError.text(of: averror))", averror: averror)
    }

    /// `av_strerror`'s sentence for a return code.
    private static func text(of averror: Int32) -> String {
        var buffer = [CChar](repeating: 0, count: Int(AV_ERROR_MAX_STRING_SIZE))
        let found = unsafe av_strerror(averror, &buffer, buffer.count)
        let bytes = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return found < 0 && bytes.isEmpty ? "error \(averror)" : String(decoding: bytes, as: UTF8.self)
    }
}

extension LibAVError.Code {
    init(averror: Int32) {
        switch averror {
        case clibav_error_invalid_data(): self = .invalidData
        case clibav_error_end(): self = .unexpectedEnd
        case clibav_error_no_decoder(): self = .decoderNotFound
        case clibav_error_no_encoder(): self = .encoderNotFound
        case clibav_error_no_demuxer(): self = .formatRefused
        case clibav_error_patch_welcome(), clibav_error(ENOSYS): self = .unsupported
        case clibav_error(ENOMEM): self = .outOfMemory
        case clibav_error(ENOSPC), clibav_error(EDQUOT): self = .noSpace
        case clibav_error(EFBIG): self = .tooLong
        case clibav_error(EIO), clibav_error(ESTALE), clibav_error(ENXIO), clibav_error(ENODEV), clibav_error(EBADF),
            clibav_error(EROFS), clibav_error(EACCES), clibav_error(EPERM), clibav_error(ETIMEDOUT):
            self = .inputOutput
        default: self = .other
        }
    }
}

/// The one place where a return code becomes an error.
@discardableResult
func check(_ result: Int32, _ operation: String) throws(LibAVError) -> Int32 {
    guard result < 0 else { return result }
    throw LibAVError(operation, result)
}

/// The one place where a missing allocation becomes an error.
func allocated<Pointer>(_ pointer: Pointer?, _ operation: String) throws(LibAVError) -> Pointer {
    guard let pointer else { throw LibAVError(.outOfMemory, "\(operation): out of memory") }
    return pointer
}
