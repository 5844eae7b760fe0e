internal import CLibAV
import Glibc
import Synchronization

/// The last lines that libav logged: the technical detail of a failure.
///
/// libav has one log callback per process (`av_log_set_callback`, libavutil/log.h), hence one store per process.
public enum LogCapture {
    private static let maximumLines = 24
    private static let lines = Mutex<[String]>([])
    private static let errors = Atomic(0)
    /// Errors of threads that count for themselves.
    private static let errorsApart = Mutex<[pthread_t: Int]>([:])

    /// Sends libav's warnings and errors here instead of standard error. Idempotent.
    public static func install() {
        av_log_set_level(AV_LOG_WARNING)
        unsafe av_log_set_callback { context, level, format, arguments in
            guard level <= AV_LOG_WARNING, let format = unsafe format, let arguments = unsafe arguments else { return }
            if level <= AV_LOG_ERROR { LogCapture.countError() }
            var prefix: Int32 = 1
            var buffer = [CChar](repeating: 0, count: 400)
            // Always 0-terminated, however long the line is (av_log_format_line2).
            _ = unsafe av_log_format_line2(context, level, format, arguments, &buffer, Int32(buffer.count), &prefix)
            LogCapture.append(String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
        }
    }

    /// Runs a thread that has nothing to do with what goes on beside it, in other threads of ours and libavcodec's: its errors
    /// are counted apart.
    public static func countingErrorsApart(_ body: () -> Void) {
        let thread = pthread_self()
        errorsApart.withLock { $0[thread] = 0 }
        body()
        // The next thread may get the same number.
        errorsApart.withLock { $0[thread] = nil }
    }

    /// Errors that were logged so far: some decoders hide damage from their caller and only log it. In a thread that counts
    /// apart its own; elsewhere those of all others.
    public static var errorCount: Int {
        errorsApart.withLock { $0[pthread_self()] } ?? errors.load(ordering: .relaxed)
    }

    static func countError() {
        let isCounted = errorsApart.withLock { counts in
            guard let count = counts[pthread_self()] else { return false }
            counts[pthread_self()] = count + 1
            return true
        }
        if !isCounted { errors.add(1, ordering: .relaxed) }
    }

    /// What was logged since the last `clear`, oldest first, at most the last 24 lines, without control characters.
    public static var text: String { lines.withLock { $0.joined(separator: "\n") } }

    public static func clear() { lines.withLock { $0.removeAll() } }

    static func append(_ line: String) {
        let clean = sanitized(line)
        guard !clean.isEmpty else { return }
        lines.withLock { lines in
            if lines.last == clean { return }
            if lines.count == maximumLines { lines.removeFirst() }
            lines.append(clean)
        }
    }

    /// A line that can be shown anywhere: media files decide about parts of libav's messages.
    static func sanitized(_ line: String) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in line.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
                if scalar != "\n" { clean.append("?") }
            default: clean.append(scalar)
            }
        }
        return withoutAddress(String(clean))
    }

    /// libav puts the address of the logging object into each line's prefix: `[mov @ 0x5581…]`. It differs from run to
    /// run, and is nobody's business.
    private static func withoutAddress(_ line: String) -> String {
        guard let start = line.firstRange(of: " @ 0x") else { return line }
        let rest = line[start.upperBound...].drop { $0.isHexDigit }
        return String(line[..<start.lowerBound] + rest)
    }
}
