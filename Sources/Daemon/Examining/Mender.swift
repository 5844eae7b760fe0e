import Catalog
import Domain
import DurableFiles
import JobRunner
import Sidecars
import SystemPackage

/// Carries out `doctor`'s repairs: in the daemon, or on the state directory itself while none runs. Looks at each matter
/// again before it changes anything, and removes only what is recorded, or named, as ours.
public struct Mender: Sendable {
    let catalog: Catalog
    let proxies: ProxyFolder
    let sidecars: SidecarFolder
    let policies: WatchPolicies
    let presence: PresenceService
    /// Takes note of what lies at an original's path; `nil` while no daemon runs: its start does.
    let look: (@Sendable (FilePath) async -> Bool)?
    /// Puts back what a dead daemon left; `nil` in a living one, which has done that.
    let rescuer: Rescuer?

    /// - Returns: for each, whether something was done.
    func carryOut(_ mendings: [Mending]) async throws(StoreError) -> [Bool] {
        var done: [Bool] = []
        for mending in mendings { done.append(try await carryOut(mending)) }
        return done
    }

    private func carryOut(_ mending: Mending) async throws(StoreError) -> Bool {
        switch mending {
        case .renewSidecar(let video, let revision):
            return try await catalog.renewSidecar(ofVideo: video, past: revision)
        case .reviewProxy(let video): return try await reviewProxy(ofVideo: video)
        case .removeTemporary(let path): return try await removeTemporary(FilePath(bytes: PathText.decode(path)))
        case .removeSidecar(let video, let path):
            return try await removeSidecar(of: video, at: FilePath(bytes: PathText.decode(path)))
        case .look(let path): return await look?(FilePath(bytes: PathText.decode(path))) ?? false
        case .rescue:
            guard let rescuer else { return false }
            try await rescuer.rescue()
            return true
        }
    }

    private func reviewProxy(ofVideo id: String) async throws(StoreError) -> Bool {
        guard let proxy = try await catalog.completedProxy(ofVideo: id) else { return false }
        let standing = await proxies.standing(of: proxy.file, at: proxy.path, reading: .always)
        let preset = policies.policy(containing: proxy.originalPath)?.preset ?? .review
        return try await catalog.take(standing, of: proxy, preset: preset)
    }

    private func removeTemporary(_ path: FilePath) async throws(StoreError) -> Bool {
        guard !Doctor.isLive(path, try await catalog.runningJobs()) else { return false }
        // What cannot be removed is found again by the look that follows.
        return (try? await proxies.removeTemporary(at: path)) ?? false
    }

    private func removeSidecar(of videoID: String, at path: FilePath) async throws(StoreError) -> Bool {
        let record = try await catalog.record(ofVideo: videoID)
        guard record?.sidecarPath != path, !(record?.isMoving ?? false), try await catalog.everKnew(videoID: videoID)
        else { return false }
        // What cannot be removed is found again by the look that follows.
        return (try? await sidecars.remove(videoID: videoID, at: path)) != nil
    }
}
