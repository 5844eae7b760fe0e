import Foundation
import Glibc
import Synchronization
public import SystemPackage

/// Small clips, made once for each test process with the `ffmpeg` command and fixed seeds.
public enum GeneratedMedia: String, Sendable, CaseIterable {
    /// 640×360, 25 fps, stereo AAC, index at the end: what most cameras write.
    case camera = "camera.mp4"
    /// The same with the index in front.
    case indexInFront = "front.mp4"
    /// 720×1280, 30 fps, PCM mono.
    case portrait = "portrait.mov"
    /// 5 fps, without sound.
    case slow = "slow.mp4"
    /// 321×181 pixels, 4:4:4, without sound.
    case odd = "odd.mkv"
    /// Transport stream with 5.1 AC-3.
    case transport = "transport.mts"
    /// Motion JPEG in AVI.
    case motionJPEG = "mjpeg.avi"
    /// 320×240, 10 fps, few bytes: a proxy already.
    case light = "light.mp4"
    /// 96×64, half a second: for crowds.
    case tiny = "tiny.mp4"
    /// Its picture differs from `camera`'s.
    case other = "other.mp4"
    /// Sound only.
    case sound = "sound.mp4"
    /// 20 s: there is time to interrupt its job.
    case long = "long.mp4"

    /// The clip's file; never changed by anybody.
    public var file: FilePath {
        get async throws { try await GeneratedMedia.directory.value.appending(rawValue) }
    }

    public var bytes: [UInt8] { get async throws { try ByteFile.read(try await file) } }

    private static let directory = Task {
        let tree = try TemporaryTree.make()
        atexit { GeneratedMedia.removeDirectory() }
        GeneratedMedia.place.withLock { $0 = tree }
        for clip in GeneratedMedia.allCases {
            let arguments = clip.recipe.split(separator: " ").map(String.init)
            try await Command.output(
                "ffmpeg",
                ["-nostdin", "-v", "error", "-fflags", "+bitexact"] + arguments + [
                    tree.path.appending(clip.rawValue).string
                ])
        }
        return tree.path
    }

    private static let place = Mutex<TemporaryTree?>(nil)

    private static func removeDirectory() { place.withLock { $0 }?.remove() }

    private var recipe: String {
        let h264 = "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -flags:v +bitexact"
        let sine = "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=2"
        return switch self {
        case .camera, .indexInFront:
            "-f lavfi -i testsrc2=s=640x360:r=25:d=2 \(sine) \(h264) -c:a aac -ac 2"
                + (self == .indexInFront ? " -movflags +faststart" : "")
        case .portrait:
            "-f lavfi -i testsrc2=s=720x1280:r=30:d=1 -f lavfi -i anoisesrc=seed=7:d=1 \(h264) -c:a pcm_s16le -ac 1"
        case .slow: "-f lavfi -i testsrc2=s=320x240:r=5:d=2 \(h264)"
        case .odd: "-f lavfi -i testsrc2=s=321x181:r=24:d=1 -c:v ffv1 -pix_fmt yuv444p"
        case .transport:
            "-f lavfi -i testsrc2=s=640x480:r=25:d=2 \(sine) \(h264) -c:a ac3 -ac 6 -f mpegts"
        case .motionJPEG:
            "-f lavfi -i testsrc2=s=320x240:r=25:d=1 -c:v mjpeg -pix_fmt yuvj422p -f avi"
        case .light:
            "-f lavfi -i testsrc2=s=320x240:r=10:d=2,gblur=sigma=6 -c:v libx264 -crf 40 -pix_fmt yuv420p -flags:v +bitexact"
        case .tiny: "-f lavfi -i testsrc2=s=96x64:r=10:d=0.5 \(h264)"
        case .other: "-f lavfi -i mandelbrot=s=640x360:r=25 -t 2 \(h264)"
        case .sound: "\(sine) -c:a aac"
        case .long: "-f lavfi -i testsrc2=s=1280x720:r=30:d=20 \(h264) -g 30"
        }
    }
}
