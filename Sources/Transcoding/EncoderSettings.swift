import Domain
import Glibc
import LibAV

/// How proxies are encoded. The only place with encoder options.
struct EncoderSettings {
    let preset: Preset

    let videoEncoder = "libx264"
    let audioEncoder = "aac"

    /// Measured on 854×480 at 10 frames per second, one thread, three clips; docs/BENCHMARKS.md has the tables. `superfast`
    /// with `mbtree=1:rc-lookahead=10` takes 0.58 to 0.63 of the time of `veryfast`; `superfast` alone needs 20 % more
    /// bytes for the same VMAF, `ultrafast` 90 %. `8x8dct` is what makes a stream High and not Main. A weaker
    /// `aq-strength` gives the bits back that adaptive quantization spends on flat noise. Few things in a recording move so
    /// evenly that more than one B frame pays at a tenth of a second each: with `bframes=1` alone x264 executes a tenth fewer
    /// instructions; no 4×4 blocks within a picture and no look for cuts, which a recording has not, save 2 and 5 % each by
    /// themselves. `crf` makes up for both: more than `quality`, at VMAF 0.2 to 0.3 below and 9 to 10 % more bytes than
    /// `veryfast` at `quality`. Never 0, which is lossless and no High profile.
    /// - Parameter areHalved: pictures that were decoded at half their size are sharper than those that were averaged, and
    ///   take more bytes.
    func videoOptions(areHalved: Bool) -> [(key: String, value: String)] {
        let tenths = min(510, 10 * preset.quality + (areHalved ? 14 : 12))
        return [
            ("preset", "superfast"),
            ("profile", "high"),
            ("crf", "\(tenths / 10).\(tenths % 10)"),
            (
                "x264-params",
                "mbtree=1:rc-lookahead=10:8x8dct=1:aq-strength=0.5:bframes=1:b-adapt=0:scenecut=0:partitions=i8x8"
            ),
        ]
    }

    /// The native encoder's `fast` coder takes a third of the default's time (0.80 s against 2.52 s for two minutes
    /// of stereo, same measurement).
    let audioOptions: [(key: String, value: String)] = [("aac_coder", "fast")]

    /// Seconds between two key frames at most: how far a player must decode after a jump.
    let longestKeyFrameDistance = 10.0

    func keyFrameInterval(at rate: Rational) -> Int { max(1, Int(longestKeyFrameDistance * rate.value)) }

    /// Below a frame in a hundred seconds a rate is a damaged header's, and no encoder's.
    private let slowestRate = Rational(1, 100)

    /// The preset's rate, but never more than the original's.
    func frameRate(ofOriginal average: Rational?) -> Rational {
        let wanted = Rational(Int32(clamping: max(1, preset.fps)), 1)
        guard let average = average?.reduced(limit: 1_000_000), average < wanted, !(average < slowestRate) else {
            return wanted
        }
        return average
    }

    /// Bits per second up to which a picture of a size is copied, and not encoded.
    ///
    /// Measured with `videoOptions` at quality 28 on twelve real clips (docs/BENCHMARKS.md): the encoder takes 1.0 bit a
    /// second for each pixel (median; 0.2 to 6.8), at 5 frames a second as at 25. A quarter more is allowed: so much must
    /// an encoding save to be worth its loss. Six steps of `crf` halve the rate (x264's own rule).
    func mostBitsPerSecond(ofCopiedWidth width: Int, height: Int) -> Double {
        1.25 * Double(width * height) * exp2(Double(28 - preset.quality) / 6)
    }

    /// Rates that every player of AAC takes; another is converted to 48 kHz.
    func sampleRate(ofOriginal rate: Int) -> Int { [48000, 44100, 32000].contains(rate) ? rate : 48000 }
}
