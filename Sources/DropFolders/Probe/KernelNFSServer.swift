import Glibc
import SystemPackage

/// The kernel's NFS server (nfsd(7)).
enum KernelNFSServer {
    /// Whether any of its threads runs, by `/proc/fs/nfsd/threads`, which only root may read: where it is there and we
    /// may not read it, it counts as running.
    ///
    /// With `ProtectProc=invisible` (systemd.exec(5)) we have a /proc of our own, on which the server's file system is
    /// never mounted: there it counts as running where the kernel has it at all (its directory is there).
    static func isRunning(
        threads: FilePath = "/proc/fs/nfsd/threads", isProcOurOwn: Bool = KernelNFSServer.isProcOurOwn
    ) -> Bool {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(threads, .readOnly, options: .closeOnExec)
        } catch {
            guard (error as? Errno) == .noSuchFileOrDirectory else { return true }
            guard isProcOurOwn else { return false }
            return unsafe access(threads.removingLastComponent().string, F_OK) == 0
        }
        defer { try? file.close() }  // It was only read.
        let digits = DescriptorBytes(descriptor: file, sizeBytes: 16).read(at: 0, count: 16)
        return digits.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
    }

    /// Process 1 is always there; a /proc that hides others' processes does not show it (proc(5), `hidepid`).
    static let isProcOurOwn = unsafe access("/proc/1", F_OK) != 0
}
