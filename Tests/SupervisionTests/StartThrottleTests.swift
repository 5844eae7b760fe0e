import Testing

@testable import Supervision

@Suite struct StartThrottleTests {
    @Test(arguments: [
        (0, Duration.zero), (1, .zero), (2, .milliseconds(250)), (3, .milliseconds(500)), (4, .seconds(1)),
        (5, .seconds(2)), (6, .seconds(4)), (7, .seconds(5)), (1000, .seconds(5)),
    ])
    func delayDoublesAndEnds(deaths: Int, delay: Duration) {
        #expect(StartThrottle.delay(afterDeaths: deaths) == delay)
    }

    @Test func answerEndsTheDelay() {
        let throttle = StartThrottle()
        for _ in 0..<5 { throttle.noteEarlyDeath() }
        #expect(throttle.delay == .seconds(2))
        throttle.noteAnswer()
        #expect(throttle.delay == .zero)
    }
}
