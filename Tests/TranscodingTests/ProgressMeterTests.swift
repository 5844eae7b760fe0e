import Domain
import Testing

@testable import Transcoding

@Suite struct ProgressMeterTests {
    @Test func reportsAtMostFiveTimesASecond() {
        var meter = ProgressMeter(totalSeconds: 100)
        let reports = (1...1000).compactMap { step in
            meter.report(elapsed: .milliseconds(step), position: Double(step) / 100, frames: step)
        }
        #expect(reports.count == 5)
        #expect(reports.last?.fraction == 0.1)
        #expect(reports.last?.speed == 10)
        #expect(reports.last?.etaSeconds == 9)
        #expect(reports.last?.framesPerSecond == 1000)
    }

    @Test func unknownLengthHasNoForecast() {
        var meter = ProgressMeter(totalSeconds: nil)
        let report = meter.report(elapsed: .seconds(1), position: 5, frames: 50)
        #expect(report?.fraction == nil && report?.etaSeconds == nil)
    }

    @Test func wrongLengthStaysWithinBounds() {
        var meter = ProgressMeter(totalSeconds: 1)
        let report = meter.report(elapsed: .seconds(1), position: 5, frames: 50)
        #expect(report?.fraction == 1 && report?.etaSeconds == 0)
    }
}
