/// How much room a proxy may take. Pure, and rather too much than too little: it only decides what starts.
public enum SpaceEstimate {
    /// Tenths of a bit for one pixel of one frame at quality 28; half as much for each 6 more, as x264's rate factor goes.
    private static let tenthsOfABit: Int64 = 1
    /// Of the original, where its duration is not known.
    private static let shareOfTheOriginal: Int64 = 8

    /// - Parameters:
    ///   - sizeBytes: of the original.
    ///   - durationSeconds: what its container says; `nil` where it was never asked.
    public static func proxyBytes(ofOriginal sizeBytes: Int64, durationSeconds: Double?, preset: Preset) -> Int64 {
        guard let seconds = durationSeconds, seconds > 0, seconds < 1e7 else {
            return max(sizeBytes, 0) / shareOfTheOriginal
        }
        let height = Int64(preset.height)
        let pixelsPerSecond = height * height * 16 / 9 * Int64(preset.fps)
        let steps = (28 - preset.quality) / 6
        let bits = pixelsPerSecond * tenthsOfABit / 10
        let videoBits = steps >= 0 ? bits << Int64(steps) : bits >> Int64(-steps)
        let soundBits = preset.audio == .none ? 0 : Int64(preset.audioBitrateKbps) * 1000
        return Int64(Double(videoBits + soundBits) / 8 * seconds)
    }
}
