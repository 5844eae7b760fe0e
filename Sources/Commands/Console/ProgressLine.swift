import Domain

/// One running job on a terminal: `clip.mov  [=========>          ]  45 %  312 fps  ETA 0:12`. Pure.
enum ProgressLine {
    static func render(name: String, progress: JobProgress?, columns: Int) -> String {
        let facts = facts(progress)
        let barWidth = min(30, max(10, columns / 4))
        let nameWidth = max(8, columns - barWidth - facts.count - 6)
        let bar = bar(progress?.fraction, width: barWidth)
        return "\(fitted(name, nameWidth))  [\(bar)]  \(facts)"
    }

    private static func facts(_ progress: JobProgress?) -> String {
        guard let progress else { return "starting" }
        let percent = progress.fraction.map { padded("\(Int($0 * 100))", 3) + " %" } ?? "     "
        let eta = progress.etaSeconds.map { "ETA \(Phrases.time(seconds: $0))" } ?? "ETA –"
        return "\(percent)  \(padded("\(Int(progress.framesPerSecond.rounded()))", 4)) fps  \(eta)"
    }

    private static func bar(_ fraction: Double?, width: Int) -> String {
        guard let fraction else { return String(repeating: "·", count: width) }
        let filled = min(width, max(0, Int(fraction * Double(width))))
        guard filled < width else { return String(repeating: "=", count: width) }
        return String(repeating: "=", count: filled) + ">" + String(repeating: " ", count: width - filled - 1)
    }

    /// The end of a path tells more than its beginning.
    private static func fitted(_ text: String, _ width: Int) -> String {
        guard text.count > width else { return text + String(repeating: " ", count: width - text.count) }
        return "…" + text.suffix(width - 1)
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
