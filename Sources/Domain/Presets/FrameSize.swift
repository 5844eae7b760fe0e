/// Width and height of a picture in pixels.
public struct FrameSize: Sendable, Hashable, Codable {
    public var width: Int
    public var height: Int

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The coded size of a proxy with square pixels.
    ///
    /// The shorter side gets `shorterSide` lines, or the original's own where that has fewer; the other side follows
    /// from the display aspect ratio, rounded to the nearest even number as libavfilter's `scale=-2:h` rounds it
    /// (libavfilter/scale_eval.c, `ff_scale_adjust_dimensions`). A rotation by 90 degrees does not matter here: it is
    /// carried as metadata, and the shorter side stays the shorter side.
    ///
    /// - Parameters:
    ///   - coded: the original's coded size, both sides at least 1.
    ///   - sampleAspect: width over height of one sample of the original; 1 where it is unknown.
    public static func ofProxy(
        coded: FrameSize,
        sampleAspect: (numerator: Int, denominator: Int),
        shorterSide: Int
    ) -> FrameSize {
        let numerator = max(sampleAspect.numerator, 1)
        let denominator = max(sampleAspect.denominator, 1)
        let displayedWidth = Double(coded.width) * Double(numerator) / Double(denominator)
        let displayedHeight = Double(coded.height)
        let target = Double(min(shorterSide, Int(min(displayedWidth, displayedHeight))))
        if displayedWidth >= displayedHeight {
            let height = evenFloor(target)
            return FrameSize(width: evenNearest(Double(height) * displayedWidth / displayedHeight), height: height)
        }
        let width = evenFloor(target)
        return FrameSize(width: width, height: evenNearest(Double(width) * displayedHeight / displayedWidth))
    }

    private static func evenFloor(_ value: Double) -> Int { max(2, Int(value) / 2 * 2) }
    private static func evenNearest(_ value: Double) -> Int { max(2, Int((value / 2).rounded()) * 2) }
}
