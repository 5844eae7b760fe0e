import LocalSockets
import SystemPackage
import TestSupport
import Testing

@testable import Systemd

@Suite struct ServiceManagerTests {
    @Test func messageReachesASocketAtAPathAndOneWithAnAbstractName() throws {
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        let path = tree.path.appending("notify").string
        for name in [path, "@understudy-test-\(path.hashValue)"] {
            let address = try #require(LocalAddress(name))
            let listener = try DatagramSocket.bind(to: address)
            let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": name]))
            try manager.tell([.ready, .status("two\nlines")])
            let message = try #require(try listener.receive(maximumBytes: 4096))
            #expect(String(decoding: message, as: UTF8.self) == "READY=1\nSTATUS=two lines\n")
        }
    }

    @Test func managerThatIsGoneIsAnErrorAndNoSignal() throws {
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": "/nonexistent/notify"]))
        #expect(throws: SocketError.self) { try manager.tell([.watchdog]) }
        #expect(ServiceManager(environment: [:]) == nil)
        #expect(ServiceManager(environment: ["NOTIFY_SOCKET": "relative"]) == nil)
    }

    @Test func watchdogOfAnotherProcessIsNotOurs() {
        func watchdog(_ variables: [String: String]) -> Duration? { ServiceManager.watchdog(variables, 7) }
        #expect(watchdog(["WATCHDOG_USEC": "3000000"]) == .seconds(3))
        #expect(watchdog(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "7"]) == .seconds(3))
        #expect(watchdog(["WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "8"]) == nil)
        #expect(watchdog(["WATCHDOG_USEC": "0"]) == nil)
        #expect(watchdog([:]) == nil)
    }

    @Test func assignmentsAreWrittenAsTheManualSays() {
        let text = ServiceManager.text(
            of: [.reloading, .stopping, .watchdog, .extendTimeout(.seconds(2))], monotonicMicroseconds: 5)
        #expect(
            text == "RELOADING=1\nMONOTONIC_USEC=5\nSTOPPING=1\nWATCHDOG=1\nEXTEND_TIMEOUT_USEC=2000000\n")
    }
}
