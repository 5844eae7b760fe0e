import Foundation
import SystemPackage
import TestSupport

/// Files that are meant to do harm, made of our own bytes.
enum HostileMedia: String, CaseIterable, Sendable {
    case playlistOfAFile, playlistOfAnAddress, concatScript, concatOfSubfiles, sessionDescription, stillPicture, archive
    case externalTrack, hugePicture, billionFrames, manyEmptyBoxes, endlessBoxes, deepBoxes, manyTracks, tenYears
    case cyclicFragments, coverBomb, gapInPictures, gapInSound, textArt, trackOfPlaylist

    /// What the worker says of it: a failure's code, or `made` for a proxy.
    var expected: Set<String> {
        switch self {
        case .playlistOfAFile, .playlistOfAnAddress, .concatScript, .concatOfSubfiles, .sessionDescription,
            .stillPicture, .archive, .textArt:
            ["not_media"]
        case .externalTrack, .cyclicFragments, .trackOfPlaylist:
            ["truncated", "decode_failed", "made", "no_video_stream"]
        case .hugePicture, .manyTracks, .tenYears, .gapInSound: ["limit_exceeded"]
        case .billionFrames: ["worker_out_of_memory", "truncated", "limit_exceeded", "decode_failed", "not_media"]
        case .manyEmptyBoxes, .endlessBoxes, .deepBoxes: ["not_media", "truncated", "no_video_stream"]
        case .coverBomb, .gapInPictures: ["made"]
        }
    }

    func bytes() async throws -> [UInt8] {
        switch self {
        case .playlistOfAFile: playlist("file:///etc/passwd")
        case .playlistOfAnAddress: playlist("http://127.0.0.1:9/recording.ts")
        case .concatScript: Array("ffconcat version 1.0\nfile /etc/passwd\nduration 1\n".utf8)
        case .concatOfSubfiles: Array("ffconcat version 1.0\nfile subfile,,start,0,end,64,,:/etc/passwd\n".utf8)
        case .sessionDescription:
            Array("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nm=video 9 RTP/AVP 96\r\n".utf8)
        case .stillPicture: png(width: 64, height: 64)
        case .archive: [0x50, 0x4b, 3, 4] + [UInt8](repeating: 0, count: 4096)
        case .textArt: Array("XBIN\u{1a}".utf8) + [80, 0, 25, 0, 16, 0] + [UInt8](repeating: 0x41, count: 4000)
        case .externalTrack: try await externalTrack()
        case .hugePicture:
            Array("YUV4MPEG2 W65535 H65535 F25:1 Ip A1:1 C420\nFRAME\n".utf8) + [UInt8](repeating: 16, count: 4096)
        case .billionFrames:
            try await patched("stsz") { bytes, box in
                bytes.replaceSubrange(box + 8..<box + 16, with: big(16) + big(1_000_000_000))
            }
        case .manyEmptyBoxes:
            box("ftyp", Array("isom".utf8) + big(0))
                + box("moov", [UInt8](repeatElement(box("free", []), count: 500_000).joined()))
        case .endlessBoxes: endlessBoxes
        case .deepBoxes: deepBoxes
        case .manyTracks: try await manyTracks()
        case .tenYears:
            try await made(
                "-f lavfi -i testsrc2=s=64x64:r=10:d=0.3 -vf setpts=157680000*N/TB -c:v ffv1 -vsync passthrough")
        case .cyclicFragments: try await cyclicFragments()
        case .coverBomb: try await coverBomb()
        case .gapInPictures:
            try await made("-f lavfi -i testsrc2=s=64x64:r=10:d=0.6 -vf setpts=86400*N/TB -c:v ffv1 -vsync passthrough")
        case .gapInSound:
            try await made(
                "-f lavfi -i testsrc2=s=64x64:r=10:d=2 -f lavfi -i sine=duration=2 "
                    + "-af asetpts=PTS+if(gt(T\\,1)\\,86400/TB\\,0) -c:v ffv1 -c:a pcm_s16le")
        case .trackOfPlaylist: try await trackOfPlaylist()
        }
    }

    // MARK: Parts

    private func playlist(_ address: String) -> [UInt8] {
        Array(
            "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n\(address)\n#EXT-X-ENDLIST\n".utf8)
    }

    private func big(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }

    private func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        big(UInt32(content.count + 8)) + Array(type.utf8) + content
    }

    /// A picture whose header claims a size and whose data are a few bytes.
    private func png(width: UInt32, height: UInt32) -> [UInt8] {
        func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
            let checked = Array(type.utf8) + content
            return big(UInt32(content.count)) + checked + big(crc(checked))
        }
        let header = big(width) + big(height) + [8, 2, 0, 0, 0]
        return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + chunk("IHDR", header)
            + chunk("IDAT", [0x78, 0x9c, 0x63, 0, 0, 0, 1, 0, 1]) + chunk("IEND", [])
    }

    /// CRC-32 of ISO 3309, as PNG uses it.
    private func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { crc, byte in
            (0..<8).reduce(crc ^ UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
        }
    }

    /// A good clip with its index in front, of which one box is changed. The closure gets the place of the box's type.
    private func patched(_ type: String, _ change: (inout [UInt8], Int) -> Void) async throws -> [UInt8] {
        var bytes = try await GeneratedMedia.indexInFront.bytes
        guard let found = bytes.firstRange(of: Array(type.utf8)) else { throw FixtureError("no box \(type)") }
        change(&bytes, found.lowerBound)
        return bytes
    }

    /// A clip made with the `ffmpeg` command, in Matroska.
    private func made(_ arguments: String) async throws -> [UInt8] {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let file = tree.path.appending("made.mkv")
        try await Command.output(
            "ffmpeg",
            ["-nostdin", "-v", "error"] + arguments.split(separator: " ").map(String.init) + [file.string])
        return try ByteFile.read(file)
    }

    /// The samples lie in another file: a QuickTime alias with an absolute path (QTFF, "Data Reference Atoms").
    private func externalTrack() async throws -> [UInt8] {
        let path = Array("/etc/passwd".utf8)
        var alias = [UInt8](repeating: 0, count: 10) + [1, 0x78] + [UInt8](repeating: 0, count: 26)
        alias += [UInt8](repeating: 0, count: 12) + [6] + Array("passwd".utf8) + [UInt8](repeating: 0, count: 57)
        alias += [UInt8](repeating: 0, count: 16) + [0, 1, 0, 1] + [UInt8](repeating: 0, count: 16)
        alias += [0, 2, 0, UInt8(path.count)] + path + [0, 0xff, 0xff, 0, 0]
        let entry = big(UInt32(alias.count + 12)) + Array("alis".utf8) + big(0) + alias
        var bytes = try await GeneratedMedia.camera.bytes
        // The index lies at the end, so that nothing that the index points at moves.
        guard let found = bytes.firstRange(of: Array("dref".utf8)) else { throw FixtureError("no box dref") }
        let start = found.lowerBound - 4
        let old = 28
        bytes.replaceSubrange(start..<start + old, with: box("dref", big(0) + big(1) + entry))
        let growth = UInt32(16 + entry.count - old)
        for parent in ["moov", "trak", "mdia", "minf", "dinf"] {
            guard let box = bytes.firstRange(of: Array(parent.utf8)) else { throw FixtureError("no box \(parent)") }
            let place = box.lowerBound - 4
            let size = bytes[place..<place + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            bytes.replaceSubrange(place..<place + 4, with: big(size + growth))
        }
        return bytes
    }

    /// Boxes that each claim to reach to the end of the file.
    private var endlessBoxes: [UInt8] {
        let endless = big(0) + Array("moov".utf8)
        return box("ftyp", Array("isom".utf8) + big(0)) + [UInt8](repeatElement(endless, count: 50_000).joined())
    }

    private var deepBoxes: [UInt8] {
        var bytes: [UInt8] = []
        let depth = 20_000
        for level in 0..<depth { bytes += big(UInt32((depth - level) * 8)) + Array("moov".utf8) }
        return box("ftyp", Array("isom".utf8) + big(0)) + bytes
    }

    private func manyTracks() async throws -> [UInt8] {
        let bytes = try await GeneratedMedia.camera.bytes
        guard let moov = bytes.firstRange(of: Array("moov".utf8)), let trak = bytes.firstRange(of: Array("trak".utf8))
        else { throw FixtureError("no index") }
        let start = trak.lowerBound - 4
        let size = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
        let track = bytes[start..<start + size]
        let index = bytes[(moov.lowerBound + 4)...]
        return Array(bytes[..<(moov.lowerBound - 4)])
            + box("moov", Array(index) + [UInt8](repeatElement(track, count: 10_000).joined()))
    }

    /// A random access index whose entries all point at the first fragment.
    private func cyclicFragments() async throws -> [UInt8] {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let file = tree.path.appending("fragments.mp4")
        try await Command.output(
            "ffmpeg",
            [
                "-nostdin", "-v", "error", "-i", try await GeneratedMedia.camera.file.string, "-c", "copy", "-movflags",
                "frag_keyframe+empty_moov", file.string,
            ])
        var bytes = try ByteFile.read(file)
        guard let moof = bytes.firstRange(of: Array("moof".utf8)) else { throw FixtureError("no fragment") }
        if let mfra = bytes.firstRange(of: Array("mfra".utf8)) { bytes.removeSubrange((mfra.lowerBound - 4)...) }
        let count = 20_000
        var entries: [UInt8] = []
        for _ in 0..<count { entries += big(0) + big(UInt32(moof.lowerBound - 4)) + [1, 1, 1] }
        let tfra = box("tfra", big(0) + big(1) + big(0) + big(UInt32(count)) + entries)
        return bytes + box("mfra", tfra + box("mfro", big(0) + big(UInt32(tfra.count + 24))))
    }

    /// A good clip with a cover picture of 900 million pixels.
    private func coverBomb() async throws -> [UInt8] {
        let data = box("data", big(14) + big(0) + png(width: 30_000, height: 30_000))
        let handler = box("hdlr", big(0) + big(0) + Array("mdirappl".utf8) + [UInt8](repeating: 0, count: 9))
        let user = box("udta", box("meta", big(0) + handler + box("ilst", box("covr", data))))
        let bytes = try await GeneratedMedia.camera.bytes
        guard let moov = bytes.firstRange(of: Array("moov".utf8)) else { throw FixtureError("no index") }
        return Array(bytes[..<(moov.lowerBound - 4)]) + box("moov", Array(bytes[(moov.lowerBound + 4)...]) + user)
    }

    /// Subtitles in AVI that are a playlist (CVE-2017-9993's way).
    private func trackOfPlaylist() async throws -> [UInt8] {
        let bytes = try await GeneratedMedia.motionJPEG.bytes
        let text = Array("GAB2".utf8) + [0, 2, 0] + playlist("file:///etc/passwd")
        func little(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        let chunk = Array("01tx".utf8) + little(text.count) + text
        return bytes + Array("LIST".utf8) + little(chunk.count + 4) + Array("movi".utf8) + chunk
    }
}
