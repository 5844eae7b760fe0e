/// Lets a line through that differs from what was said lately; counts the others. Pure.
struct RepetitionFilter: Sendable {
    private struct Line {
        var quietUntil: Duration
        var suppressed = 0
    }

    private var lines: [String: Line] = [:]
    private static let quiet = Duration.seconds(60)
    private static let mostLines = 256

    /// - Returns: how often the line was suppressed since it was last let through; `nil` where it is suppressed now.
    mutating func admit(_ line: String, at now: Duration) -> Int? {
        if let known = lines[line], now < known.quietUntil {
            lines[line]?.suppressed += 1
            return nil
        }
        let suppressed = lines[line]?.suppressed ?? 0
        if lines.count >= RepetitionFilter.mostLines, lines[line] == nil { makeRoom(at: now) }
        lines[line] = Line(quietUntil: now + RepetitionFilter.quiet)
        return suppressed
    }

    private mutating func makeRoom(at now: Duration) {
        lines = lines.filter { now < $0.value.quietUntil }
        guard lines.count >= RepetitionFilter.mostLines else { return }
        // So many different lines in a minute are no repetition.
        lines = [:]
    }
}
