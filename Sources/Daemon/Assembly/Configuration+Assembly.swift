import Domain
import DropFolders
public import JobRunner

extension Configuration {
    /// What the services need to know of each root.
    public var policies: WatchPolicies {
        WatchPolicies(
            watches.map { watch in
                WatchPolicy(
                    layout: watch.layout, preset: preset(of: watch), settle: watch.settle,
                    stallTimeout: watch.stallTimeout)
            })
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
