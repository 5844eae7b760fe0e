import Glibc
import SystemPackage

/// The mode of finished files: what a newly created file would get. Temporary files are private until then.
enum FinalMode {
    /// The process's umask, read once and without changing it (proc(5), `/proc/[pid]/status`): umask(2) can only be
    /// read by setting it, which would race with other threads.
    private static let mask: mode_t = {
        let descriptor = unsafe open("/proc/self/status", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0o022 }
        defer { _ = Glibc.close(descriptor) }
        // Without /proc the usual mask is as good as any.
        let bytes = (try? Transfer.readAll(from: descriptor, atMost: 65_536)).flatMap { $0 } ?? []
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") where line.hasPrefix("Umask:") {
            let digits = line.dropFirst("Umask:".count).filter(\.isWholeNumber)
            return mode_t(digits, radix: 8) ?? 0o022
        }
        return 0o022
    }()

    /// Sets the mode through the descriptor, so that the group that a set-group-ID directory gave the file stays.
    static func apply(to descriptor: Int32) throws(Errno) {
        do {
            _ = try SystemCall.retrying { fchmod(descriptor, 0o666 & ~mask) }
        } catch .notPermitted, .notSupported {
            // FAT and some SMB mounts keep no modes (mount(8)): all files there have the mount's own.
        }
    }
}
