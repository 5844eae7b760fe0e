import Domain
import DropFolders
import DurableFiles
public import JobRunner

extension Configuration {
    /// What the services need to know of each root.
    ///
    /// - Parameter isFollowing: whether the engine goes on after the first walk, so that a cut upload can be waited for.
    public func policies(isFollowing: Bool) -> WatchPolicies {
        WatchPolicies(watchPolicies(isFollowing: isFollowing))
    }

    func watchPolicies(isFollowing: Bool) -> [WatchPolicy] {
        watches.map { watch in
            WatchPolicy(
                layout: watch.layout, preset: preset(of: watch), settle: watch.settle,
                stall: isFollowing ? .showIncomplete(after: watch.stallTimeout) : .takeAsItIs,
                afterDeletion: watch.onOriginalDeleted == .delete ? .removeProxy : .keepProxy)
        }
    }

    /// Below these, and nowhere through a symbolic link, files of ours are written.
    var outputFolders: OutputFolders {
        let beside = watches.filter { $0.proxyRoot == nil }
        return OutputFolders(
            roots: watches.flatMap { [$0.root, $0.proxyRoot].compactMap { $0 } },
            mirrors: Dictionary(beside.map { ($0.root, $0.proxyDirectory) }) { first, _ in first },
            owners: Dictionary(watches.map { ($0.proxyRoot ?? $0.root, $0.ownership) }) { first, _ in first })
    }

    /// What the watcher needs to know of each root.
    var watchedTrees: [WatchedTree] {
        watches.map { watch in
            let polling: WatchedTree.Polling =
                switch watch.poll {
                case .auto: .automatic
                case .every(let interval): .every(interval)
                }
            return WatchedTree(layout: watch.layout, rules: watch.rules, polling: polling)
        }
    }
}
