import Glibc
import Synchronization
import SystemPackage
import TestSupport

/// What is uploaded: small pictures in a few megabytes, so that there is time to interrupt, made once for each test process.
enum UploadClip: String, CaseIterable {
    /// MP4 with the index at the end, as cameras write it: the structure is whole only with the last byte.
    case indexAtEnd = "end.mp4"
    /// MP4 with the index in front: with its first bytes and its final size the structure is whole.
    case indexInFront = "front.mp4"
    /// A transport stream: its structure never tells the end.
    case transport = "transport.ts"

    /// Of the proxy of a whole clip: 6 s at 10 fps.
    static let proxyFrames = 60

    /// The clip's file; never changed by anybody.
    var file: FilePath { get async throws { try await UploadClip.directory.value.appending(rawValue) } }

    /// How the upload is called in its drop folder.
    var uploadName: String { self == .transport ? "clip.ts" : "clip.mp4" }

    private static let directory = Task {
        let tree = try TemporaryTree.make()
        atexit { UploadClip.removeDirectory() }
        UploadClip.place.withLock { $0 = tree }
        let picture = "testsrc2=s=320x180:r=25:d=6,noise=alls=40:allf=t:all_seed=7"
        let mp4 = tree.path.appending(UploadClip.indexAtEnd.rawValue).string
        let ffmpeg = ["-nostdin", "-v", "error", "-fflags", "+bitexact"]
        try await Command.output(
            "ffmpeg",
            ffmpeg + [
                "-f", "lavfi", "-i", picture, "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "4M",
                "-pix_fmt", "yuv420p", mp4,
            ])
        let copies = [(UploadClip.indexInFront, ["-movflags", "+faststart"]), (.transport, ["-f", "mpegts"])]
        for (clip, arguments) in copies {
            let copy = tree.path.appending(clip.rawValue).string
            try await Command.output("ffmpeg", ffmpeg + ["-i", mp4, "-c", "copy"] + arguments + [copy])
        }
        return tree.path
    }

    private static let place = Mutex<TemporaryTree?>(nil)

    private static func removeDirectory() { place.withLock { $0 }?.remove() }
}
