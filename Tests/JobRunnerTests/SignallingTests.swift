import Domain
import Testing

@testable import JobRunner

@Suite struct SignallingTests {
    @Test func ringBeforeTheWaitIsNotLost() async {
        let bell = Doorbell()
        bell.ring()
        bell.ring()
        await bell.wait(atMost: nil, clock: .continuous)
    }

    @Test func waitEndsAtItsLimit() async {
        let started = ContinuousClock.now
        await Doorbell().wait(atMost: .milliseconds(20), clock: .continuous)
        #expect(started.duration(to: .now) >= .milliseconds(20))
    }

    @Test func cancelledWaitReturns() async {
        let bell = Doorbell()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await bell.wait(atMost: nil, clock: .continuous) }
            group.cancelAll()
        }
    }

    @Test func gateLetsEverybodyThroughOnceItIsOpen() async {
        let gate = StartGate()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { await gate.pass() } }
            gate.open()
        }
        await gate.pass()
        #expect(gate.isOpen)
    }

    @Test func gateHoldsNobodyWhoIsCancelled() async {
        let gate = StartGate()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 { group.addTask { await gate.pass() } }
            group.cancelAll()
        }
        #expect(!gate.isOpen)
    }

    @Test func trippedSignalCancelsTheWorkAndKeepsTheFirstReason() async throws {
        let stop = StopSignal()
        let result = try await stop.guarding { () throws(Failure) in
            stop.trip(.shutdown)
            stop.trip(.withdrawn)
            while !Task.isCancelled { await Task.yield() }
            return "cleaned up"
        }
        #expect(result == "cleaned up")
        #expect(stop.reason == .shutdown)
    }

    @Test func workThatEndsFirstGivesItsValue() async throws {
        let stop = StopSignal()
        let value = try await stop.guarding { () throws(Failure) in 7 }
        #expect(value == 7)
        #expect(stop.reason == nil)
    }

    @Test func workThatFailsThrowsItsOwnError() async {
        let failure = Failure(.ioError, "clip.mov: cannot be read.")
        await #expect(throws: failure) {
            try await StopSignal().guarding { () throws(Failure) -> Int in throw failure }
        }
    }
}
