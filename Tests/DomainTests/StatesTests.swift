import Domain
import Testing

@Suite struct StatesTests {
    @Test func everyJobTransitionIsLegalOrNot() {
        let legal: [JobStatus: Set<JobStatus>] = [
            .pending: [.running, .cancelled, .failed],
            .running: [.pending, .completed, .failed, .cancelled],
            .completed: [], .failed: [], .cancelled: [],
        ]
        for status in JobStatus.allCases {
            for next in JobStatus.allCases {
                #expect(status.mayBecome(next) == legal[status]?.contains(next), "\(status) to \(next)")
            }
            #expect(status.isFinal == legal[status]?.isEmpty)
        }
    }

    @Test func everyVideoTransitionIsLegalOrNot() {
        let legal: [ProcessingStatus: Set<ProcessingStatus>] = [
            .pending: [.processing],
            .processing: [.completed, .failed, .pending],
            .completed: [.pending, .processing],
            .failed: [.pending, .processing],
        ]
        for status in ProcessingStatus.allCases {
            for next in ProcessingStatus.allCases {
                #expect(status.mayBecome(next) == legal[status]?.contains(next), "\(status) to \(next)")
            }
        }
    }

    @Test func jobsImplyTheirVideosStatus() {
        let implied: [JobStatus: ProcessingStatus] = [
            .pending: .processing, .running: .processing, .completed: .completed, .failed: .failed, .cancelled: .failed,
        ]
        for status in JobStatus.allCases { #expect(ProcessingStatus(of: status) == implied[status]) }
    }
}
