import Domain
import LibAV

/// Work that is left out because the proxy shows pictures at half their size or less, where it hardly shows.
///
/// Only for `review`, where speed comes before the last half point of VMAF; docs/BENCHMARKS.md has what each costs and
/// saves.
struct Shortcuts: Sendable, Hashable {
    var loopFilter = Decoder.LoopFilter.everywhere
    /// Motion JPEG is decoded at half its size.
    var halvesJPEG = false
    /// Scaling begins with averages of 2×2 samples.
    var halvesPictures = false

    static let none = Shortcuts()

    init() {}

    init(for preset: Preset, _ stream: StreamInfo) {
        let shorterSide = min(stream.width, stream.height)
        guard preset.name == Preset.review.name, shorterSide / 2 >= preset.height else { return }
        halvesPictures = true
        halvesJPEG = stream.codecName == "mjpeg"
        loopFilter = Shortcuts.loopFilter(of: stream.codecName, shorterSide: shorterSide)
    }

    private static func loopFilter(of codec: String, shorterSide: Int) -> Decoder.LoopFilter {
        switch codec {
        // Nowhere: pictures drift until the next key frame, by 0.1 VMAF up to 1080 lines. Beyond that only where the
        // next picture that is predicted from one direction ends it.
        case "h264": shorterSide <= 1088 ? .nowhere : .notOnBidirectional
        case "hevc": .onReferences
        default: .everywhere
        }
    }
}
