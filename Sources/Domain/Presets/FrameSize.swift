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
    /// (libavfilter/scale_eval.c, `ff_scale_adjust_dimensions`), but never past the original's own side: 293x178
    /// becomes 292x178, not 294x178. A rotation by 90 degrees does not matter here: it is
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
        let target = Double(min(shorterSide, Int(min(displayedWidth, displayedHeight, 1e9))))
        if displayedWidth >= displayedHeight {
            let height = evenFloor(target)
            let ideal = Double(height) * displayedWidth / displayedHeight
            return FrameSize(width: evenNearest(ideal, limit: displayedWidth), height: height)
        }
        let width = evenFloor(target)
        let ideal = Double(width) * displayedHeight / displayedWidth
        return FrameSize(width: width, height: evenNearest(ideal, limit: displayedHeight))
    }

    private static func evenFloor(_ value: Double) -> Int { max(2, Int(value) / 2 * 2) }

    private static func evenNearest(_ value: Double, limit: Double) -> Int {
        // Aspect ratios come from the file: the bound keeps absurd ones from overflowing.
        let nearest = max(2, Int((min(value, 1e9) / 2).rounded()) * 2)
        return min(nearest, evenFloor(min(limit, 1e9).rounded(.up)))
    }
}
