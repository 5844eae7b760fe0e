import CLinux
import Domain
import Glibc
public import SystemPackage

/// Proof that this process alone writes a state directory: an exclusive open-file-description lock (fcntl(2)) on
/// `understudy.lock`. The kernel releases it with the process, however that ends; the file stays.
public final class StateLock: Sendable {
    /// The lock file's name in the state directory.
    public static let fileName = "understudy.lock"

    private let descriptor: Int32

    private init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = Glibc.close(descriptor) }

    /// Takes the lock at once or not at all.
    public static func acquire(in stateDirectory: FilePath) throws(StateLockError) -> StateLock {
        let path = stateDirectory.appending(fileName)
        let descriptor: Int32
        do {
            descriptor = try SystemCall.retrying {
                unsafe path.withPlatformString {
                    unsafe open($0, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o640)
                }
            }
        } catch {
            throw StateLockError(
                .unavailable,
                "Cannot open '\(PathText.encode(path.bytes))': \(error); make the state directory, and let the daemon's"
                    + " user write there.")
        }
        let lock = StateLock(owning: descriptor)
        do {
            _ = try SystemCall.retrying { clinux_lock_exclusively(descriptor) }
        } catch .resourceTemporarilyUnavailable, .permissionDenied {
            throw StateLockError(
                .held, "Another instance uses '\(PathText.encode(stateDirectory.bytes))'; stop it, or wait.")
        } catch {
            throw StateLockError(.unavailable, "Cannot lock '\(PathText.encode(path.bytes))': \(error).")
        }
        return lock
    }
}

/// The state directory's lock could not be had.
public struct StateLockError: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// Another instance holds it.
        case held
        /// The lock file cannot be opened or locked.
        case unavailable
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { message }
}
