internal import CLibAV

/// A fraction: a frame rate, an aspect ratio, or the length of one tick of a time base in seconds.
public struct Rational: Sendable, Hashable, CustomStringConvertible {
    public var numerator: Int32
    /// Never 0.
    public var denominator: Int32

    /// - Parameter denominator: not 0.
    public init(_ numerator: Int32, _ denominator: Int32) {
        precondition(denominator != 0)
        self.numerator = numerator
        self.denominator = denominator
    }

    /// `nil` for libav's "unknown", a fraction that is not positive.
    init?(known value: AVRational) {
        guard value.num > 0, value.den > 0 else { return nil }
        self.init(value.num, value.den)
    }

    /// libav's time base of microseconds, `AV_TIME_BASE_Q`.
    public static let microseconds = Rational(1, 1_000_000)

    public var description: String { "\(numerator)/\(denominator)" }
    public var value: Double { Double(numerator) / Double(denominator) }
    /// The same fraction upside down; the numerator must not be 0.
    public var inverse: Rational { Rational(denominator, numerator) }

    /// The nearest fraction whose two parts are at most `limit` (`av_reduce`).
    public func reduced(limit: Int64) -> Rational {
        var numerator: Int32 = 0
        var denominator: Int32 = 0
        _ = unsafe av_reduce(&numerator, &denominator, Int64(self.numerator), Int64(self.denominator), limit)
        return numerator > 0 && denominator > 0 ? Rational(numerator, denominator) : self
    }

    public static func < (left: Rational, right: Rational) -> Bool {
        Int64(left.numerator) * Int64(right.denominator) < Int64(right.numerator) * Int64(left.denominator)
    }

    /// `ticks` of this time base in ticks of another: the nearest, ties away from zero.
    ///
    /// The same result as `av_rescale_q_rnd` with `AV_ROUND_NEAR_INF` (libavutil/mathematics.c) wherever that one
    /// does not overflow; here the result is clamped.
    public func rescale(_ ticks: Int64, to other: Rational) -> Int64 {
        var dividend = Int128(ticks) * Int128(numerator) * Int128(other.denominator)
        let divisor = Int128(denominator) * Int128(other.numerator)
        guard divisor != 0 else { return 0 }
        dividend += dividend < 0 ? -divisor / 2 : divisor / 2
        return Int64(clamping: dividend / divisor)
    }

    /// `ticks` of this time base in seconds.
    public func seconds(_ ticks: Int64) -> Double { Double(ticks) * value }

    var c: AVRational { AVRational(num: numerator, den: denominator) }
}

/// A time stamp, or `nil` for `AV_NOPTS_VALUE`.
func known(_ timestamp: Int64) -> Int64? { timestamp == clibav_no_pts() ? nil : timestamp }
