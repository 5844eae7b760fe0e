import Domain
import Foundation
import SystemPackage
import Testing
import WorkerProtocol

@testable import LibAV
@testable import Transcoding

/// A directory of one test, removed with it.
final class Scratch {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/understudy-transcoding-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }  // What is left, the system's cleaner takes.

    func file(_ name: String) -> String { path + "/" + name }

    func write(_ name: String, _ bytes: [UInt8]) throws -> String {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }

    func bytes(_ file: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: file))) }

    /// Makes a clip with the `ffmpeg` command; `arguments` come before the output's name.
    func clip(_ name: String, _ arguments: String) throws -> String {
        _ = try ffmpeg(arguments.split(separator: " ").map(String.init) + ["-y", file(name)])
        return file(name)
    }

    /// A copy of an MP4 whose first track is to be shown turned by a multiple of 90 degrees. By its bytes: ffmpeg 5.1 and 7
    /// have no option for it in common.
    func turned(_ file: String, clockwise degrees: Int) throws -> String {
        var bytes = try bytes(file)
        guard let name = bytes.firstPosition(of: Array("tkhd".utf8)), bytes[name + 4] == 0 else {
            throw CommandFailed(command: "turn \(file)", message: "no tkhd of version 0")
        }
        // ISO/IEC 14496-12, 8.3.2: the matrix {a, b, u, c, d, v, x, y, w} lies 40 bytes behind the box's name and version.
        let (one, minusOne): ([UInt8], [UInt8]) = ([0, 1, 0, 0], [0xff, 0xff, 0, 0])
        let none: [UInt8] = [0, 0, 0, 0]
        let turn =
            switch degrees {
            case 90: [none, one, none, minusOne, none]
            case 180: [minusOne, none, none, none, minusOne]
            default: [none, minusOne, none, one, none]
            }
        bytes.replaceSubrange(name + 44..<name + 64, with: turn.joined())
        return try write("turned.mp4", bytes)
    }
}

struct CommandFailed: Error {
    let command: String
    let message: String
}

/// Runs the `ffmpeg` command and returns its standard output.
@discardableResult
func ffmpeg(_ arguments: [String]) throws -> String {
    try run("ffmpeg", ["-nostdin", "-v", "error", "-fflags", "+bitexact"] + arguments)
}

func ffprobe(_ arguments: [String]) throws -> String { try run("ffprobe", ["-v", "error"] + arguments) }

private func run(_ name: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [name] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        throw CommandFailed(
            command: ([name] + arguments).joined(separator: " "), message: "\(process.terminationStatus)")
    }
    return String(decoding: bytes, as: UTF8.self)
}

/// What a transcode gave.
struct Outcome {
    let report: TranscodeReport
    let media: MediaDescription?
    let proxy: String
    /// SHA-256 of each picture on its way to the encoder, by slot.
    let pictures: [Int64: String]
    /// Packets that were not decoded, by pass.
    let skippedPackets: [Int]

    func verified(limits: WorkerLimits = WorkerLimits()) throws -> ProxyDescription {
        try verify(proxy, report, limits: limits)
    }
}

/// Encodes, unless the preset says otherwise: most tests are about the pictures on their way.
func transcode(
    _ original: String, to proxy: String, preset: Preset = Preset(height: 120, remux: false),
    limits: WorkerLimits = WorkerLimits(),
    decodesAll: Bool = false, decodeThreads: Int = 1, takesShortcuts: Bool = false
) throws -> Outcome {
    LogCapture.install()
    let input = try FileDescriptor.open(FilePath(original), .readOnly)
    let output = try FileDescriptor.open(
        FilePath(proxy), .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
    defer {
        try? input.close()  // Nothing was written to it.
        try? output.close()  // The verification would see a loss.
    }
    var pictures: [Int64: String] = [:]
    var media: MediaDescription?
    var transcode = ProxyTranscode(preset: preset, limits: limits, decodeThreads: decodeThreads)
    transcode.onScaledFrame = { slot, frame in
        let digest = try? SHA256Digest.start()  // A missing digest fails the comparison.
        digest?.update(picture: frame)
        pictures[slot] = digest?.finish()
    }
    var skippedPackets: [Int] = []
    transcode.decodesAll = decodesAll
    transcode.takesShortcuts = takesShortcuts
    transcode.onEndOfPass = { skippedPackets.append($0) }
    let report = try transcode.run(input, into: output) { event in
        if case .media(let description) = event { media = description }
    }
    return Outcome(report: report, media: media, proxy: proxy, pictures: pictures, skippedPackets: skippedPackets)
}

func verify(_ proxy: String, _ report: TranscodeReport, limits: WorkerLimits = WorkerLimits()) throws
    -> ProxyDescription
{
    let file = try FileDescriptor.open(FilePath(proxy), .readOnly)
    defer { try? file.close() }  // Nothing was written to it.
    return try ProxyVerification(against: report, limits: limits).run(file)
}

/// The failure of a transcode; `nil` where it succeeds.
func failure(_ original: String, in scratch: Scratch, limits: WorkerLimits = WorkerLimits()) throws -> Failure? {
    do {
        _ = try transcode(original, to: scratch.file("failed.mp4"), limits: limits)
        return nil
    } catch let failure as Failure {
        return failure
    }
}

/// SHA-256 of each picture that the `ffmpeg` command shows at ten frames per second, by slot.
func picturesOfFFmpeg(_ original: String, _ filter: String, sound: Bool = true) throws -> [Int64: String] {
    let maps = ["-map", "0:v:0"] + (sound ? ["-map", "0:a?"] : [])
    let lines = try ffmpeg(
        ["-i", original] + maps + ["-vf", filter, "-vsync", "cfr", "-f", "framehash", "-hash", "sha256", "-"])
    var pictures: [Int64: String] = [:]
    for line in lines.split(separator: "\n") where line.hasPrefix("0,") {
        let fields = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        if fields.count >= 6, let pts = Int64(fields[2]) { pictures[pts] = fields[5] }
    }
    return pictures
}
