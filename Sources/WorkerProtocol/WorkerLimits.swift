/// Bounds that hostile media cannot pass. Each excess is `limit_exceeded` where the worker itself notices it; the
/// kernel holds the worker to the last three, and the supervisor to the time.
public struct WorkerLimits: Sendable, Hashable, Codable {
    /// Pixels of one decoded picture: 8K.
    public var maxPixels = 8192 * 4320
    public var maxStreams = 256
    /// Length of the original in seconds.
    public var maxDurationSeconds = 7.0 * 86400
    /// Packets of the chosen video stream read in a row without a decoded frame.
    public var maxPacketsWithoutFrame = 5000
    /// Seconds of silence that gaps in the sound's time stamps are filled with, in all.
    public var maxSilenceSeconds = 7200.0
    /// One allocation of libav's (`av_max_alloc`), in bytes: a picture of `maxPixels` in any format fits.
    public var maxAllocationBytes = 512 << 20
    /// Address space beyond what the program itself takes (`RLIMIT_AS`), in bytes: the reference pictures of 8K in 10
    /// bits, and as much again.
    public var maxMemoryBytes = 2 << 30
    /// Length of the output (`RLIMIT_FSIZE`), in bytes.
    public var maxOutputBytes = 1 << 30
    /// Processor time (`RLIMIT_CPU`), in seconds.
    public var maxProcessorSeconds = 1800

    public init() {}

    /// The bounds for an original of a size.
    ///
    /// A proxy of a well compressed original can be larger than it, hence the factor and the floor (a day of silence in
    /// AAC is 691 MB). Processor time: a minute for each MiB allows for 4K at 1 Mbit/s decoded at a third of its speed.
    public func scaled(toOriginalBytes bytes: Int64) -> WorkerLimits {
        var scaled = self
        let mebibytes = Int(max(0, bytes) >> 20)
        scaled.maxOutputBytes = max(maxOutputBytes, 4 * Int(max(0, bytes)))
        scaled.maxProcessorSeconds += 60 * mebibytes
        return scaled
    }

    /// How long one request may take by the clock: other work, with more right to the processors, may come first.
    public var maxWallSeconds: Int { 8 * maxProcessorSeconds }
}
