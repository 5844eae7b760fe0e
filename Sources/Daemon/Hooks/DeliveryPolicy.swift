/// When a delivery that failed is tried again. Pure.
enum DeliveryPolicy {
    private static let firstPause = Duration.seconds(10)
    private static let longestPause = Duration.seconds(3600)

    /// - Parameter failures: tries that have failed, with the last one.
    /// - Returns: the pause before the next try; `nil` where it is given up.
    static func pause(after failures: Int, retries: Int) -> Duration? {
        guard failures <= retries else { return nil }
        let doublings = min(max(failures - 1, 0), 20)
        return min(firstPause * (1 << doublings), longestPause)
    }
}
