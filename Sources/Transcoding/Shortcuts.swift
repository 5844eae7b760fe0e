import Domain
import LibAV

/// Work that is left out because the proxy shows pictures at half their size or less, where it hardly shows.
///
/// Only for `review`, where speed comes before the last half point of VMAF; docs/BENCHMARKS.md has what each costs and
/// saves.
struct Shortcuts: Sendable, Hashable {
    var loopFilter = Decoder.LoopFilter.everywhere
    /// Motion JPEG and ProRes are decoded at half their size.
    var decodesHalfSize = false
    /// Scaling begins with averages of 2×2 samples.
    var halvesPictures = false

    static let none = Shortcuts()

    init() {}

    init(for preset: Preset, _ stream: StreamInfo) {
        let shorterSide = min(stream.width, stream.height)
        guard preset.name == Preset.review.name, shorterSide / 2 >= preset.height else { return }
        halvesPictures = true
        decodesHalfSize = stream.codecName == "mjpeg" || stream.codecName == "prores"
        loopFilter = Shortcuts.loopFilter(of: stream.codecName)
    }

    private static func loopFilter(of codec: String) -> Decoder.LoopFilter {
        switch codec {
        // Never on pictures that others are predicted from: the error drifts on until the next key frame, by 0.8 VMAF and
        // 7 % more bytes on one of two natural clips of 1080 lines (docs/BENCHMARKS.md).
        case "h264", "hevc": .onReferences
        default: .everywhere
        }
    }
}
