import Domain
import Testing

@testable import Catalog

@Suite struct DeliveryTests {
    @Test func endOfAJobIsWrittenDownForThoseWhoWantToBeToldOfIt() async throws {
        let fixture = try CatalogFixture()
        let catalog = fixture.catalog
        try await catalog.setHooks([(name: "program", event: .completed), (name: "web", event: .failed)])
        let job = try await fixture.claimed()
        #expect(try await catalog.dueDeliveries(limit: 10).isEmpty)
        #expect(try await catalog.fail(job.token, failure: Failure(.notMedia, "No film.")))
        let due = try await catalog.dueDeliveries(limit: 10)
        #expect(due.map(\.hook) == ["web"] && due.map(\.event) == [.failed] && due.map(\.attempts) == [0])
        #expect(due.first?.jobID == job.token.jobID && due.first?.videoID == job.videoID)
        let id = try #require(due.first?.id)
        try await catalog.postponeDelivery(id, by: .seconds(60))
        #expect(try await catalog.dueDeliveries(limit: 10).isEmpty)
        #expect(try await catalog.timeUntilNextDelivery() != nil)
        try await catalog.setHooks([(name: "web", event: .failed)])
        #expect(try await catalog.timeUntilNextDelivery() != nil, "who is still there is still told")
        try await catalog.setHooks([])
        #expect(try await catalog.timeUntilNextDelivery() == nil, "nobody wants it any more")
    }

    @Test func withoutHooksNothingIsWrittenDown() async throws {
        let fixture = try CatalogFixture()
        let job = try await fixture.claimed()
        #expect(try await fixture.catalog.fail(job.token, failure: Failure(.notMedia, "No film.")))
        try await fixture.catalog.setHooks([(name: "web", event: .failed)])
        #expect(try await fixture.catalog.dueDeliveries(limit: 10).isEmpty)
    }
}
