import Glibc
import SystemPackage

/// The kernel's NFS server (nfsd(7)).
enum KernelNFSServer {
    /// Whether any of its threads runs, by `/proc/fs/nfsd/threads`, which only root may read: where it is there and we
    /// may not read it, it counts as running.
    static func isRunning(threads: FilePath = "/proc/fs/nfsd/threads") -> Bool {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(threads, .readOnly, options: .closeOnExec)
        } catch {
            return (error as? Errno) != .noSuchFileOrDirectory
        }
        defer { try? file.close() }  // It was only read.
        let digits = DescriptorBytes(descriptor: file, sizeBytes: 16).read(at: 0, count: 16)
        return digits.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) }
    }
}
