public import Domain
import LibAV
public import SystemPackage
public import WorkerProtocol

/// Says what a container says.
public enum MediaProbe {
    /// Opens a file of any kind and describes it. Files without a picture are described too.
    public static func describe(_ descriptor: FileDescriptor, limits: WorkerLimits) throws(Failure) -> MediaDescription
    {
        LogCapture.clear()
        return describe(try Original.open(descriptor, limits: limits))
    }

    static func describe(_ original: borrowing Original) -> MediaDescription {
        MediaDescription(
            container: containerName(
                original.container.demuxerNames, majorBrand: original.container.metadata("major_brand")),
            durationSeconds: original.container.durationSeconds,
            video: original.video.map { video in
                describe(video, timecode: timecode(of: original, video))
            },
            audio: original.streams.filter { $0.kind == .audio }.map {
                .init(codec: $0.codecName, channels: $0.channels, sampleRate: $0.sampleRate)
            })
    }

    /// The one of a demuxer's names that fits. The demuxer of ISO media goes by the major brand
    /// (ISO/IEC 14496-12 §4.3; `qt  ` is QuickTime, as is a file without a brand).
    static func containerName(_ names: [String], majorBrand: String?) -> String {
        guard names.contains("mov"), names.count > 1 else { return names.first ?? "unknown" }
        guard let brand = majorBrand, !brand.hasPrefix("qt") else { return "mov" }
        if brand.hasPrefix("3g2") { return "3g2" }
        if brand.hasPrefix("3gp") || brand.hasPrefix("3gr") { return "3gp" }
        if brand.hasPrefix("M4A") { return "m4a" }
        return brand.hasPrefix("mj") ? "mj2" : "mp4"
    }

    private static func describe(_ video: StreamInfo, timecode: String?) -> MediaDescription.Video {
        .init(
            codec: video.codecName, width: video.width, height: video.height,
            frameRate: video.averageFrameRate.map(String.init(describing:)), frames: video.frameCount,
            rotationDegrees: video.rotationDegrees, interlaced: video.isInterlaced ?? false,
            color: .init(
                primaries: video.color.primariesName, transfer: video.color.transferName,
                matrix: video.color.matrixName, range: video.color.rangeName),
            timecode: timecode)
    }

    private static func timecode(of original: borrowing Original, _ video: StreamInfo) -> String? {
        video.timecode ?? original.streams.lazy.compactMap(\.timecode).first ?? original.container.metadata("timecode")
    }
}
