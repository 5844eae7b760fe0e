import Catalog
import Domain
import DurableFiles
import Sidecars
import SystemPackage

// One row, held against its original, its sidecar and its proxy.
extension Doctor {
    func examine(_ record: VideoRecord) async -> [Diagnosis] {
        await examineOriginal(of: record) + examineProxy(of: record) + examineSidecar(of: record)
    }

    // MARK: The proxy

    private func examineProxy(of record: VideoRecord) async -> [Diagnosis] {
        guard record.video.processingStatus == .completed else { return [] }
        let mending = Mending.reviewProxy(videoID: record.video.id)
        guard let published = record.published, published.path == record.video.proxyPath else {
            return [
                Diagnosis(
                    .rowsContradict, record.location.path, videoID: record.video.id,
                    "the video is completed, but no published file is recorded",
                    remedy: "restore the database from a backup")
            ]
        }
        func diagnosis(_ ailment: Ailment, _ message: String, remedy: String? = nil) -> [Diagnosis] {
            [
                Diagnosis(
                    ailment, published.path, videoID: record.video.id, message, remedy: remedy, mending: mending)
            ]
        }
        switch await proxies.standing(of: published.file, at: published.path, reading: reading) {
        case .intact: return []
        case .missing: return diagnosis(.proxyMissing, "the video is completed, but its proxy is not there")
        case .altered: return diagnosis(.proxyAltered, "the proxy's content is not the recorded one any more")
        case .replaced:
            return diagnosis(
                .proxyReplaced, "something that Understudy did not make lies at the proxy's place",
                remedy: "move it away; `understudy doctor --repair` then has the proxy made again")
        case .elsewhere:
            return diagnosis(
                .proxyElsewhere, "the proxy's content is right, but it is another file than the recorded one")
        case .unreachable(let failure): return [Diagnosis(.outOfReach, record.location.path, failure.message)]
        }
    }

    // MARK: The sidecar

    private func examineSidecar(of record: VideoRecord) async -> [Diagnosis] {
        guard let path = record.sidecarPath else { return [] }
        func diagnosis(
            _ ailment: Ailment, _ message: String, past revision: Int = 0, remedy: String? = nil,
            canBeMended: Bool = true
        ) -> [Diagnosis] {
            [
                Diagnosis(
                    ailment, path, videoID: record.video.id, message, remedy: remedy,
                    mending: canBeMended ? .renewSidecar(videoID: record.video.id, past: revision) : nil)
            ]
        }
        let found: SidecarReading
        do throws(Failure) { found = try await sidecars.reading(at: path) } catch {
            return [Diagnosis(.outOfReach, record.location.path, error.message)]
        }
        switch found {
        case .nothing: return diagnosis(.sidecarMissing, "there is no sidecar")
        case .unreadable: return diagnosis(.sidecarTorn, "it is torn, or no sidecar at all")
        case .other:
            return diagnosis(
                .sidecarForeign, "a directory, a link or a very large file lies at the sidecar's place",
                remedy: "move it away, then `understudy doctor --repair`", canBeMended: false)
        case .sidecar(let fields):
            let expected = SidecarFields(record.video)
            if fields.videoID != expected.videoID {
                return diagnosis(
                    .sidecarForeign, "it is the sidecar of another video (\(fields.videoID))",
                    remedy: "look whether two state directories serve this tree; remove it, then"
                        + " `understudy doctor --repair`", canBeMended: false)
            }
            if fields.revision > expected.revision {
                return diagnosis(
                    .sidecarAhead, "it says revision \(fields.revision), its row is at \(expected.revision)",
                    past: fields.revision)
            }
            if fields.revision < expected.revision {
                return diagnosis(
                    .sidecarBehind, "it says revision \(fields.revision), its row is at \(expected.revision)")
            }
            return fields == expected ? [] : diagnosis(.sidecarDisagrees, Doctor.difference(fields, expected))
        }
    }

    private static func difference(_ found: SidecarFields, _ expected: SidecarFields) -> String {
        let pairs: [(String, String?, String?)] = [
            ("upload_status", found.uploadStatus, expected.uploadStatus),
            ("processing_status", found.processingStatus, expected.processingStatus),
            ("processing_job_id", found.processingJobID, expected.processingJobID),
            ("job_status", found.jobStatus, expected.jobStatus),
            ("proxy.sha256", found.proxyHash, expected.proxyHash),
            ("proxy.path", found.proxyPath, expected.proxyPath),
        ]
        let words = pairs.filter { $0.1 != $0.2 }.map { "\($0.0) is \($0.1 ?? "null"), the row's is \($0.2 ?? "null")" }
        return words.joined(separator: "; ")
    }

    // MARK: The original

    private func examineOriginal(of record: VideoRecord) async -> [Diagnosis] {
        let path = record.location.path
        func diagnosis(_ ailment: Ailment, _ message: String) -> [Diagnosis] {
            [
                Diagnosis(
                    ailment, path, videoID: record.video.id, message,
                    remedy: isDaemonRunning
                        ? "`understudy doctor --repair` tells the daemon"
                        : "start the daemon: its scan takes note of it",
                    mending: isDaemonRunning ? .look(path: PathText.encode(path.bytes)) : nil)
            ]
        }
        switch await originals.presence(of: record.location, onDevice: record.identity.device) {
        case .unreachable(let failure): return [Diagnosis(.outOfReach, path, failure.message)]
        case .absent:
            guard record.video.originalMissingSince == nil else { return [] }
            return diagnosis(.originalMissing, "the original is gone, and the database does not know it")
        case .present(let identity):
            guard record.video.originalMissingSince == nil else {
                return diagnosis(.originalReturned, "the original is there again, and the database does not know it")
            }
            guard record.video.uploadStatus == .uploaded, !record.isOfContent(of: identity) else { return [] }
            if let known = record.fingerprint,
                await originals.fingerprint(at: record.location, of: identity) == known
            {
                return []
            }
            return identity.inode == record.identity.inode
                ? diagnosis(.originalAltered, "the original was written to after its upload was complete")
                : diagnosis(.originalReplaced, "another file has taken the original's place")
        }
    }
}

extension VideoRecord {
    /// Whether size, time and inode are the recorded ones; device numbers change with each mount.
    fileprivate func isOfContent(of seen: FileIdentity) -> Bool {
        var renumbered = seen
        renumbered.device = identity.device
        return identity.hasSameContent(as: renumbered)
    }
}
