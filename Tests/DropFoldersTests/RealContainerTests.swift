import Domain
import Foundation
import SystemPackage
import Testing

@testable import DropFolders

/// Files as ffmpeg writes them.
@Suite struct RealContainerTests {
    private static let ffmpeg = "/usr/bin/ffmpeg"
    private static let hasFFmpeg = FileManager.default.isExecutableFile(atPath: ffmpeg)

    @Test(
        .enabled(if: hasFFmpeg),
        arguments: [
            ("a.mp4", ["-c:v", "mpeg4"], ContainerStructure.whole),
            ("b.mp4", ["-c:v", "mpeg4", "-movflags", "+faststart"], .whole),
            ("c.mp4", ["-c:v", "mpeg4", "-g", "5", "-movflags", "+frag_keyframe+empty_moov"], .whole),
            (
                "d.mp4", ["-c:v", "mpeg4", "-g", "5", "-movflags", "+frag_keyframe+empty_moov+skip_trailer"],
                .cannotTell
            ),
            ("a.mov", ["-c:v", "mjpeg"], .whole), ("a.3gp", ["-c:v", "mpeg4"], .whole),
            ("a.mkv", ["-c:v", "mpeg4"], .whole), ("b.mkv", ["-c:v", "mpeg4", "-live", "1"], .cannotTell),
            ("a.avi", ["-c:v", "mpeg4"], .whole), ("a.ts", ["-c:v", "mpeg2video"], .cannotTell),
            ("a.m2ts", ["-c:v", "mpeg2video"], .cannotTell), ("a.mxf", ["-c:v", "mpeg2video"], .whole),
            ("a.wmv", ["-c:v", "wmv2"], .whole), ("a.flv", ["-c:v", "flv1"], .whole),
            ("a.mpg", ["-c:v", "mpeg2video"], .cannotTell),
        ])
    func completeFilesAreNotRefusedAndCutOnesAreNeverWhole(
        name: String, options: [String], expected: ContainerStructure
    ) throws {
        let tree = TestTree()
        let path = tree.path(name)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.ffmpeg)
        let source = ["-v", "error", "-nostdin", "-y", "-f", "lavfi", "-i", "testsrc=size=128x96:rate=25:duration=2"]
        process.arguments = source + options + [path.string]
        try process.run()
        process.waitUntilExit()
        let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path.string)))
        #expect(StructureCheck.structure(of: ArrayBytes(bytes: bytes)) == expected)
        for step in 1..<300 {
            let end = bytes.count * step / 300
            #expect(StructureCheck.structure(of: ArrayBytes(bytes: Array(bytes[..<end]))) != .whole, "cut to \(end)")
        }
    }
}
