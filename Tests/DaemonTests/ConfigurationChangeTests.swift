import Domain
import SystemPackage
import Testing
import WorkerProtocol

@testable import Daemon

@Suite struct ConfigurationChangeTests {
    private let old = Configuration(watches: [WatchSettings(root: "/srv/nas")])

    @Test func nothingDiffersBetweenEquals() {
        let change = ConfigurationChange(from: old, to: old)
        #expect(change.applied.isEmpty && change.waiting.isEmpty)
    }

    @Test func whatARunningDaemonCanTakeOverIsToldApartFromWhatMustWait() {
        var new = old
        new.workers = 3
        new.keepHistory = .seconds(86_400)
        new.watches.append(WatchSettings(root: "/srv/other"))
        new.stateDirectory = "/elsewhere"
        new.sandbox = .bestEffort
        let change = ConfigurationChange(from: old, to: new)
        #expect(change.applied == ["daemon.workers", "daemon.keep_history", "watch"])
        #expect(change.waiting == ["daemon.state_dir", "daemon.sandbox"])
        let merged = ConfigurationChange.merged(new, keepingStartingValuesOf: old)
        #expect(merged.stateDirectory == old.stateDirectory && merged.sandbox == old.sandbox)
        #expect(merged.workers == 3 && merged.watches.count == 2)
    }
}
