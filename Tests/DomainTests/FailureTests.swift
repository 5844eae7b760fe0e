import Domain
import Testing

@Suite struct FailureTests {
    /// A table of its own, so that a change of the product's needs a second thought.
    private static let dispositions: [FailureCode: (FailureDisposition, isRetryable: Bool)] = [
        .notMedia: (.permanent, false), .noVideoStream: (.permanent, false), .truncated: (.permanent, false),
        .encrypted: (.permanent, false), .unsupportedCodec: (.permanent, false), .decodeFailed: (.permanent, false),
        .encodeFailed: (.transient, true), .verificationFailed: (.transient, true), .limitExceeded: (.permanent, false),
        .workerCrashed: (.transient, true), .workerTimeout: (.transient, true), .workerOutOfMemory: (.transient, true),
        .workerForbiddenCall: (.transient, true), .workerLied: (.transient, true),
        .workerUnavailable: (.waits(.worker), true), .permissionDenied: (.permanent, true),
        .destinationReadOnly: (.permanent, true), .ioError: (.transient, true), .diskFull: (.waits(.diskSpace), true),
        .mountMissing: (.waits(.mount), true), .originalChanged: (.superseded, true),
        .originalMissing: (.permanent, false), .proxyPathOccupied: (.permanent, true),
        .nameTooLong: (.permanent, false), .cancelled: (.permanent, true), .daemonCrashed: (.permanent, true),
    ]

    @Test(arguments: FailureCode.allCases) func everyCodeHasItsMeaning(code: FailureCode) throws {
        let expected = try #require(FailureTests.dispositions[code])
        #expect(code.disposition == expected.0)
        #expect(code.isRetryable == expected.isRetryable)
    }

    @Test(arguments: [
        (1, RetryDecision.retry(after: .zero)), (2, .retry(after: .zero)), (3, .retry(after: .seconds(15))),
        (9, .retry(after: .seconds(15))), (10, .fail), (11, .fail),
    ])
    func jobOverWhichTheDaemonDiesWaitsAndThenFails(deaths: Int, decision: RetryDecision) {
        #expect(RetryPolicy().decision(afterDeaths: deaths) == decision)
    }

    @Test func longDetailKeepsItsEndWithinTheBound() {
        let failure = Failure(.decodeFailed, "m", detail: String(repeating: "é", count: 5000) + "END")
        #expect(failure.detail.utf8.count <= Failure.maximumDetailBytes)
        #expect(failure.detail.hasPrefix("…") && failure.detail.hasSuffix("END"))
        #expect(Failure(.decodeFailed, "m", detail: "short").detail == "short")
    }

    @Test(arguments: [
        (FailureCode.ioError, 1, 0.0, RetryDecision.retry(after: .seconds(30))),
        (.ioError, 2, 0.0, .retry(after: .seconds(120))),
        (.ioError, 3, 0.0, .fail),
        (.ioError, 4, 0.0, .fail),
        (.ioError, 1, 1.0, .retry(after: .seconds(36))),
        (.ioError, 1, -1.0, .retry(after: .seconds(24))),
        (.ioError, 1, 9.0, .retry(after: .seconds(36))),
        (.notMedia, 1, 0.0, .fail),
        (.diskFull, 9, 0.0, .wait(.diskSpace, .seconds(15))),
        (.mountMissing, 9, 0.0, .wait(.mount, .seconds(15))),
        (.originalChanged, 1, 0.0, .cancel),
    ])
    func retries(code: FailureCode, attempt: Int, jitter: Double, decision: RetryDecision) {
        #expect(RetryPolicy().decision(after: Failure(code, "m"), attempt: attempt, jitter: jitter) == decision)
    }

    @Test func backOffGrowsToItsLongest() {
        let policy = RetryPolicy(maxAttempts: 100)
        let decision = policy.decision(after: Failure(.ioError, "m"), attempt: 50, jitter: 0)
        #expect(decision == .retry(after: .seconds(6 * 3600)))
    }
}
