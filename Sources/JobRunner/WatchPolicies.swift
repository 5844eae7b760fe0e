public import Domain
import Synchronization
public import SystemPackage

/// What applies to the originals below one root.
public struct WatchPolicy: Sendable, Hashable {
    public let layout: MirrorLayout
    public let preset: Preset
    public let settle: Duration
    public let stall: SettleMachine.StallRule
    public let afterDeletion: AfterDeletion

    /// What becomes of proxy and sidecar when the original is deleted.
    public enum AfterDeletion: Sendable, Hashable {
        case keepProxy
        case removeProxy
    }

    public init(
        layout: MirrorLayout, preset: Preset, settle: Duration, stall: SettleMachine.StallRule,
        afterDeletion: AfterDeletion = .keepProxy
    ) {
        self.layout = layout
        self.preset = preset
        self.settle = settle
        self.stall = stall
        self.afterDeletion = afterDeletion
    }
}

/// The policies of all roots, shared by all services: a reload replaces them for everybody at once.
public final class WatchPolicies: Sendable {
    private let held: Mutex<[FilePath: WatchPolicy]>

    public init(_ policies: [WatchPolicy]) { held = Mutex(WatchPolicies.byRoot(policies)) }

    public func replace(with policies: [WatchPolicy]) { held.withLock { $0 = WatchPolicies.byRoot(policies) } }

    private static func byRoot(_ policies: [WatchPolicy]) -> [FilePath: WatchPolicy] {
        Dictionary(policies.map { ($0.layout.root, $0) }) { first, _ in first }
    }

    private var byRoot: [FilePath: WatchPolicy] { held.withLock { $0 } }

    public var roots: [FilePath] { Array(byRoot.keys) }

    /// `nil` for a root that is no longer configured.
    public func policy(for location: OriginalLocation) -> WatchPolicy? { byRoot[location.root] }

    /// The policy of the root that a path lies below; the deepest root wins.
    public func policy(containing path: FilePath) -> WatchPolicy? {
        byRoot.values
            .filter { path.names(below: $0.layout.root) != nil }
            .max { $0.layout.root.nameList.count < $1.layout.root.nameList.count }
    }

    /// The policy of one root.
    func policy(ofRoot root: FilePath) -> WatchPolicy? { byRoot[root] }

    /// Where a path would lie as an original; `nil` where it is in no drop folder.
    public func location(of path: FilePath) -> OriginalLocation? {
        guard let layout = policy(containing: path)?.layout,
            let dropFolder = layout.dropFolder(of: path.removingLastComponent())
        else { return nil }
        return OriginalLocation(root: layout.root, dropFolder: dropFolder, path: path)
    }

    /// What the store needs to know of a file that was seen.
    func sighting(of location: OriginalLocation, identity: FileIdentity) -> Sighting? {
        guard let policy = policy(for: location) else { return nil }
        return Sighting(
            location: location, identity: identity, destination: policy.layout.destinationDirectory(of: location),
            presetName: policy.preset.name, containerExtension: policy.preset.containerExtension)
    }
}
