import Domain
import Logging
public import SystemPackage

// What a person asks of the intake.
extension IntakeService {
    /// Takes note of what lies at an original's path, or of its absence, as if a scan had come by.
    /// - Returns: whether the path is one of an original's.
    public func takeNote(of path: FilePath) async -> Bool {
        guard let location = tools.policies.location(of: path) else { return false }
        do throws(Failure) {
            guard let identity = try await tools.originals.identity(at: location) else {
                await forget(location)
                return true
            }
            keep([.seen(location, identity)])
            return true
        } catch {
            logger.warning("original not readable", metadata: .failure(error))
            return false
        }
    }
}
