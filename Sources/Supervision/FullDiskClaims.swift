import Domain
import Glibc
import Synchronization
import SystemPackage

/// Length of an open file.
enum FileSize {
    /// `nil` where it cannot be told.
    static func of(_ file: FileDescriptor) -> Int64? {
        var status = stat()
        return unsafe fstat(file.rawValue, &status) == 0 ? Int64(status.st_size) : nil
    }
}

/// Looks whether disks are as full as workers say. A full disk makes a whole drop folder wait, and on a worker's word
/// alone a crafted file could do that for ever.
final class FullDiskClaims: Sendable {
    /// Claims about each file that a look did not confirm.
    private let unconfirmed = Mutex<[String: Int]>([:])

    /// Room comes back between a worker's write and our look; not again and again for one file.
    private static let believed = 2
    private static let mostFiles = 1024
    private static let attempt = 1 << 20

    /// - Returns: the failure itself where the output cannot grow, or the claim may be believed; `io_error`, which only
    ///   this job pays for, otherwise.
    func examine(_ failure: Failure, about name: String, at output: FileDescriptor) -> Failure {
        guard hasRoom(output) else { return failure }
        let claims = unconfirmed.withLock { unconfirmed in
            if unconfirmed.count >= FullDiskClaims.mostFiles { unconfirmed.removeAll() }
            unconfirmed[name, default: 0] += 1
            return unconfirmed[name, default: 0]
        }
        guard claims > FullDiskClaims.believed else { return failure }
        return Failure(.ioError, failure.message, detail: failure.detail)
    }

    /// The output is given up after a failure: what is written here goes with it.
    private func hasRoom(_ output: FileDescriptor) -> Bool {
        let end = FileSize.of(output) ?? 0
        let block = [UInt8](repeating: 0, count: FullDiskClaims.attempt)
        return unsafe pwrite(output.rawValue, block, block.count, off_t(end)) == block.count
    }
}
