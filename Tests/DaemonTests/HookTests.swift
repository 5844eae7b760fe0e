import Domain
import Testing

@testable import Daemon

@Suite struct HookTests {
    @Test func pausesDoubleUpToAnHourAndEndWithTheRetries() {
        #expect(DeliveryPolicy.pause(after: 1, retries: 10) == .seconds(10))
        #expect(DeliveryPolicy.pause(after: 4, retries: 10) == .seconds(80))
        #expect(DeliveryPolicy.pause(after: 100, retries: 1000) == .seconds(3600))
        #expect(DeliveryPolicy.pause(after: 10, retries: 10) != nil)
        #expect(DeliveryPolicy.pause(after: 11, retries: 10) == nil)
        #expect(DeliveryPolicy.pause(after: 1, retries: 0) == nil)
    }

    @Test func eachHookIsToldOfItsEventsOnly() {
        let all = HookSettings(onCompleted: ["/a"], onFailed: ["/b"], webhook: "http://c")
        #expect(Hook.onCompleted.events(in: all) == [.completed])
        #expect(Hook.onFailed.events(in: all) == [.failed])
        #expect(Hook.webhook.events(in: all) == [.completed, .failed])
        #expect(Hook.allCases.allSatisfy { $0.events(in: HookSettings()).isEmpty })
    }
}
