public import Domain
import DropFolders
import DurableFiles
import FoundationEssentials
public import Logging
import Supervision
public import SystemPackage
public import WorkerProtocol

/// What `understudy probe` says of a file: what its container says, and whether its structure is whole.
public struct FileProbe: Sendable {
    public let path: FilePath
    public let media: MediaDescription?
    public let structure: ContainerStructure
    /// Why there is no `media`.
    public let failure: Failure?

    private static let patience = Duration.seconds(60)

    /// - Throws: `badInput` where there is no such file or it cannot be read.
    public static func look(
        at path: FilePath, worker: FilePath, sandbox: SandboxPolicy, logger: Logger
    ) async throws(DaemonError) -> FileProbe {
        let directory = path.removingLastComponent()
        let location = OriginalLocation(root: directory, dropFolder: directory, path: path)
        let originals = OriginalReader()
        let file: OpenOriginal
        do throws(Failure) { file = try await originals.open(location) } catch {
            throw DaemonError(.badInput, error.message)
        }
        let structure = await structure(of: location)
        let supervisor = WorkerSupervisor(
            executable: worker, sandbox: sandbox, patience: patience, logger: logger)
        var media: MediaDescription?
        var failure: Failure?
        do throws(Failure) {
            media = try await supervisor.probe(file.descriptor, named: PathText.encode(path.bytes))
        } catch {
            failure = error
        }
        await originals.close(file)
        return FileProbe(path: path, media: media, structure: structure, failure: failure)
    }

    private static func structure(of location: OriginalLocation) async -> ContainerStructure {
        guard case .observed(let observation) = await LeaseProbe(structure: .always).probe(location) else {
            return .cannotTell
        }
        return observation.structure
    }

    /// `{"file": …, "structure": "whole" | "cut_short" | "cannot_tell", "missing_bytes": …, "media": …, "error": …}`
    public func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Document(self)), as: UTF8.self)
    }

    public var text: String {
        var lines = ["file:       \(PathText.encode(path.bytes))", "structure:  \(structureText)"]
        if let failure { lines.append("error:      \(failure.code.rawValue): \(failure.message)") }
        if let media { lines += FileProbe.lines(of: media) }
        return lines.map { PrintableText.escaped($0) + "\n" }.joined()
    }

    private static func lines(of media: MediaDescription) -> [String] {
        var lines = ["container:  \(media.container)"]
        lines.append("duration:   \(media.durationSeconds.map { "\($0) s" } ?? "unknown")")
        if let video = media.video {
            let notes = [
                video.frameRate.map { "\($0) fps" }, video.interlaced ? "interlaced" : nil,
                video.rotationDegrees == 0 ? nil : "rotated by \(video.rotationDegrees)°",
                video.timecode.map { "timecode \($0)" },
            ]
            let facts = ["\(video.codec) \(video.width)×\(video.height)"] + notes.compactMap { $0 }
            lines.append("video:      \(facts.joined(separator: ", "))")
        }
        for audio in media.audio {
            lines.append("audio:      \(audio.codec), \(audio.channels) channels, \(audio.sampleRate) Hz")
        }
        return lines
    }

    private var structureText: String {
        switch structure {
        case .whole: "whole"
        case .cutShort(let missing?): "cut short, \(missing) bytes are missing"
        case .cutShort(nil): "cut short"
        case .cannotTell: "cannot tell"
        }
    }

    private struct Document: Encodable {
        let file: String
        let structure: String
        let missingBytes: Int64?
        let media: MediaDescription?
        let error: Problem?

        struct Problem: Encodable {
            let code: String
            let message: String
            let detail: String
        }

        enum CodingKeys: String, CodingKey {
            case file, structure, media, error
            case missingBytes = "missing_bytes"
        }

        init(_ probe: FileProbe) {
            file = PathText.encode(probe.path.bytes)
            media = probe.media
            error = probe.failure.map { Problem(code: $0.code.rawValue, message: $0.message, detail: $0.detail) }
            switch probe.structure {
            case .whole: (structure, missingBytes) = ("whole", nil)
            case .cutShort(let missing): (structure, missingBytes) = ("cut_short", missing)
            case .cannotTell: (structure, missingBytes) = ("cannot_tell", nil)
            }
        }
    }
}
