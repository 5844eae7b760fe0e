import Domain

/// Turns positions in the original into progress reports, at most five in a second.
struct ProgressMeter {
    private static let interval = Duration.milliseconds(200)

    /// Length of the original in seconds; `nil` where it is unknown.
    private let total: Double?
    private var lastReport = Duration.zero

    init(totalSeconds: Double?) { total = totalSeconds.flatMap { $0 > 0 ? $0 : nil } }

    /// - Parameters:
    ///   - elapsed: time since the work began.
    ///   - position: seconds of the original that are done.
    ///   - frames: frames of the original that were decoded.
    /// - Returns: `nil` where the last report is too fresh.
    mutating func report(elapsed: Duration, position: Double, frames: Int) -> JobProgress? {
        guard elapsed - lastReport >= ProgressMeter.interval else { return nil }
        lastReport = elapsed
        let seconds = elapsed / .seconds(1)
        let speed = max(0, position) / seconds
        var fraction: Double?
        var eta: Int?
        if let total {
            fraction = min(max(position / total, 0), 1)
            // More than a month is no forecast.
            if speed > 0 { eta = Int(min((max(0, total - position) / speed).rounded(.up), 2_678_400)) }
        }
        return JobProgress(
            fraction: fraction, speed: speed, etaSeconds: eta, frames: frames,
            framesPerSecond: Double(frames) / seconds)
    }
}
