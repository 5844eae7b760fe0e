import Domain
import SystemPackage

// Uploaders.
extension World {
    private static let names = ["a", "b", "c", "2026/d", "2026/e"]

    /// A new original, or a replacement of one.
    func startUpload() {
        let camera = random.pick(World.cameras)
        let container: OriginalFile.Container = random.chance(0.7) ? .structured : .opaque
        let ending = container == .structured ? ".mov" : ".ts"
        let path = camera.pushing(FilePath(random.pick(World.names) + ending))
        guard isMounted, !busyPaths.contains(path) else { return }
        busyPaths.insert(path)
        switch random.below(4) {
        case 0: uploadAside(path, container)
        case 1 where originals[path] != nil: overwrite(path)
        default: upload(path, container)
        }
    }

    private func newFile(_ container: OriginalFile.Container) -> OriginalFile {
        let kind: OriginalFile.Kind =
            switch random.below(40) {
            case 0, 1: .notMedia
            case 2, 3: .poison
            case 4: .deadly
            default: .video
            }
        return OriginalFile(
            inode: newNumber(), container: container, kind: kind, stream: Int(newNumber()),
            fullSize: Int64(1 + random.below(400)) << 20, at: stamp())
    }

    /// Under its final name from the first byte, as FTP servers do.
    private func upload(_ path: FilePath, _ container: OriginalFile.Container) {
        let file = newFile(container)
        if originals[path] != nil { note("original unlinked", path.string) }
        originals[path] = file
        file.writers = 1
        remember(file)
        note("upload begins", "\(path) stream \(file.stream) of \(file.fullSize)")
        tell(path)
        write(file, at: path)
    }

    /// Under a temporary name, then renamed, as rsync does.
    private func uploadAside(_ path: FilePath, _ container: OriginalFile.Container) {
        let file = newFile(container)
        loop.call(after: random.duration(.milliseconds(50), .seconds(20))) { [self] in
            guard isMounted else { return endUpload(path) }
            file.size = file.fullSize
            file.modified = stamp()
            file.changed = file.modified
            // Copying programs keep the time of the source.
            if random.chance(0.5) { file.modified -= Int64(random.below(1_000_000)) * 1_000_000_000 }
            remember(file)
            originals[path] = file
            note("upload renamed into place", "\(path) stream \(file.stream)")
            tell(path)
            endUpload(path)
        }
    }

    /// The same file is truncated and written anew.
    private func overwrite(_ path: FilePath) {
        guard let file = originals[path], file.writers == 0 else { return endUpload(path) }
        file.stream = Int(newNumber())
        file.size = 0
        file.fullSize = Int64(1 + random.below(400)) << 20
        file.writers = 1
        touch(file)
        note("overwriting begins", "\(path) stream \(file.stream) of \(file.fullSize)")
        write(file, at: path)
    }

    private func endUpload(_ path: FilePath) { busyPaths.remove(path) }

    /// One chunk after another. Where the container tells its end, the uploader may break off, and resume or not.
    private func write(_ file: OriginalFile, at path: FilePath) {
        loop.call(after: random.duration(.milliseconds(5), .seconds(6))) { [self] in
            // A NAS that is not there takes no bytes: the uploader tries again.
            guard isMounted else { return write(file, at: path) }
            let rest = file.fullSize - file.size
            file.size += isHealed || random.chance(0.4) ? rest : max(1, rest / Int64(2 + random.below(4)))
            touch(file)
            note("chunk written", "\(path) \(file.size) of \(file.fullSize)")
            if file.isWhole { return close(file, at: path) }
            guard file.container == .structured, random.chance(0.15) else { return write(file, at: path) }
            close(file, at: path)
            guard random.chance(0.8) else { return note("upload abandoned", "\(path)") }
            let stream = file.stream
            loop.call(after: random.duration(.milliseconds(100), .seconds(40))) { [self] in
                // Deleted or written anew meanwhile: nobody resumes it.
                guard let there = originals.first(where: { $0.value === file })?.key, isMounted,
                    file.stream == stream
                else { return }
                note("upload resumed", "\(there)")
                busyPaths.insert(there)
                file.writers += 1
                write(file, at: there)
            }
        }
    }

    private func close(_ file: OriginalFile, at path: FilePath) {
        file.writers -= 1
        endUpload(path)
        note("writer closed", "\(path) whole \(file.isWhole)")
        guard let there = originals.first(where: { $0.value === file })?.key else { return }
        tell(there)
    }

    /// The content, or the times, have changed now.
    private func touch(_ file: OriginalFile) {
        file.modified = stamp()
        file.changed = file.modified
        remember(file)
        guard let path = originals.first(where: { $0.value === file })?.key else { return }
        life?.watches.touched(path)
    }

    // MARK: People among the originals

    /// `touch`, or a copy with the same content over itself.
    func touchOriginal() {
        guard let (path, file) = anyOriginal(), file.writers == 0 else { return }
        if random.chance(0.5) {
            touch(file)
        } else {
            let copy = OriginalFile(
                inode: newNumber(), container: file.container, kind: file.kind, stream: file.stream,
                fullSize: file.fullSize, at: stamp())
            copy.size = file.size
            remember(copy)
            originals[path] = copy
        }
        note("original touched", "\(path)")
        tell(path)
    }

    func renameOriginal() {
        guard let (path, file) = anyOriginal(), let name = path.lastComponent else { return }
        let camera = random.pick(World.cameras)
        let target = camera.appending(random.chance(0.5) ? "moved-\(name.string)" : name.string)
        guard target != path, originals[target] == nil, !busyPaths.contains(target) else { return }
        originals[path] = nil
        originals[target] = file
        file.changed = stamp()
        note("original renamed", "\(path) to \(target)")
        tell(path, mayBeGone: true)
        tell(target)
    }

    func deleteOriginal() {
        guard let (path, _) = anyOriginal() else { return }
        originals[path] = nil
        note("original deleted", "\(path)")
        tell(path, mayBeGone: true)
    }

    private func anyOriginal() -> (FilePath, OriginalFile)? {
        guard isMounted, !originals.isEmpty else { return nil }
        let path = random.pick(originals.keys.sorted { $0.string < $1.string })
        return originals[path].map { (path, $0) }
    }
}
