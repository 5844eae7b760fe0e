import Domain
import SystemPackage

extension World {
    /// What is not as it must be in the end; `nil` where all is final.
    func unfinished() -> String? {
        let byPath = Dictionary(checks.rows.values.map { ($0.path, $0) }) { first, _ in first }
        for (path, file) in originals {
            guard let row = byPath[path] else { return "\(path) has no row" }
            if let problem = unfinished(row, file) { return "\(path): \(problem)" }
        }
        return strayRow() ?? strayFile() ?? staleSidecar()
    }

    private func unfinished(_ row: ClaimedRow, _ file: OriginalFile) -> String? {
        guard file.isWhole || file.container == .opaque else {
            return row.upload == .incomplete ? nil : "abandoned, and \(row.upload)"
        }
        guard row.upload == .uploaded else { return "whole, and \(row.upload)" }
        let key = OriginalVersion.Key(inode: file.inode, size: file.size, modified: file.modified)
        guard versions[row.version]?.content == versions[key]?.content else { return "the row is of another content" }
        switch file.kind {
        case .video:
            guard row.processing == .completed, let proxy = row.proxyPath else {
                return "a good video, and \(row.processing)"
            }
            return problem(with: proxy, of: row)
        case .notMedia, .poison, .deadly:
            return row.processing == .failed ? nil : "not a good video, and \(row.processing)"
        }
    }

    private func problem(with proxy: FilePath, of row: ClaimedRow) -> String? {
        guard let there = media.entries[proxy] else { return "completed, and \(proxy) is not there" }
        guard row.published?.isSameFile(as: there.identity(onDevice: mediaDevice)) == true else {
            return "completed, and \(proxy) is not the recorded file"
        }
        let content = versions[row.version]?.content ?? ""
        return there.content == "proxy(\(content))" ? nil : "completed, and \(proxy) is \(there.content)"
    }

    /// A row whose original is deleted says so, or is gone; nothing of it runs.
    private func strayRow() -> String? {
        let missing: Set<String>
        do {
            missing = try database.missingOriginals()
            try checkAgreement()
        } catch {
            return "the rows cannot be read: \(error)"
        }
        for row in checks.rows.values {
            let isThere = originals[row.path] != nil
            guard isThere == !missing.contains(row.path.string) else {
                return "\(row.path) \(isThere ? "is there, and said to be missing" : "is deleted, and not said to be")"
            }
            if !isThere, row.processing == .processing { return "\(row.path) is deleted, and processed" }
        }
        return nil
    }

    private func strayFile() -> String? {
        let known = tampered.union(checks.rows.values.flatMap(\.places))
        for (path, file) in media.entries where !known.contains(path) && file.content != "foreign" {
            return "\(path) belongs to nobody"
        }
        return nil
    }

    private func staleSidecar() -> String? {
        for (id, row) in checks.rows {
            guard let note = media.sidecars.values.first(where: { $0.videoID == id }) else {
                return "\(row.path) has no sidecar"
            }
            guard note.revision == row.revision, note.processing == row.processing, note.upload == row.upload else {
                return "\(row.path) has a sidecar of revision \(note.revision), and is at \(row.revision)"
            }
        }
        for (path, note) in media.sidecars where checks.rows[note.videoID] == nil {
            return "\(path) is of no row, and says \(note.processing)"
        }
        return nil
    }
}
