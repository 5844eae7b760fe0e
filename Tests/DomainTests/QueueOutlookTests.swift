import Testing

@testable import Domain

@Suite struct QueueOutlookTests {
    /// Ten bytes a second.
    private func outlook(jobs: Int, bytes: Int64, waiting: [WaitReason: Int] = [:]) -> QueueOutlook {
        QueueOutlook(queuedJobs: jobs, queuedBytes: bytes, waiting: waiting, recentBytes: 1000, recentSeconds: 100)
    }

    @Test func queueIsClearWhenItsBytesAndTheRunningJobsAreDone() {
        #expect(outlook(jobs: 4, bytes: 600).secondsToClear(slots: 1, running: []) == 60)
        #expect(outlook(jobs: 4, bytes: 600).secondsToClear(slots: 2, running: [10, nil]) == 35)
        #expect(outlook(jobs: 1, bytes: 10).secondsToClear(slots: 4, running: [90]) == 90)
        #expect(outlook(jobs: 0, bytes: 0).secondsToClear(slots: 2, running: [3, 9]) == 9)
        #expect(outlook(jobs: 0, bytes: 0).secondsToClear(slots: 2, running: []) == 0)
    }

    @Test func nothingIsSaidWithoutGround() {
        #expect(outlook(jobs: 0, bytes: 0).secondsToClear(slots: 2, running: [3, nil]) == nil)
        #expect(outlook(jobs: 4, bytes: 600, waiting: [.paused: 4]).secondsToClear(slots: 1, running: []) == nil)
        #expect(outlook(jobs: 4, bytes: 600, waiting: [.schedule: 4]).secondsToClear(slots: 1, running: []) == nil)
        let first = QueueOutlook(queuedJobs: 1, queuedBytes: 9, waiting: [:], recentBytes: 0, recentSeconds: 0)
        #expect(first.secondsToClear(slots: 1, running: []) == nil)
    }
}
