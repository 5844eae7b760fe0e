import Domain
import SystemPackage
import Testing

@testable import Catalog

/// After any sequence of the store's verbs, the rows agree.
@Suite struct RandomLifeTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func rowsAgreeAfterAnySequenceOfVerbs(_ seed: UInt64) async throws {
        let fixture = try CatalogFixture()
        var life = RandomLife(catalog: fixture.catalog, random: SplitMix(state: seed))
        for step in 0..<150 {
            try await life.step()
            if step.isMultiple(of: 25) { #expect(try await fixture.catalog.contradictions() == []) }
        }
        #expect(try await fixture.catalog.contradictions() == [])
        #expect(try await fixture.catalog.damages() == [])
        #expect(try await fixture.catalog.brokenReferences() == [])
        let tally = try await fixture.catalog.tally()
        #expect(tally.jobs.values.reduce(0, +) > 0)
    }
}

/// One random verb after another on a handful of originals, with tokens that may be long out of date.
private struct RandomLife {
    let catalog: Catalog
    var random: SplitMix
    var tokens: [ClaimToken] = []

    init(catalog: Catalog, random: SplitMix) {
        self.catalog = catalog
        self.random = random
    }

    mutating func step() async throws {
        let name = ["a.MOV", "b.MOV", "B.mov", "c.MXF"][Int(random.next() % 4)]
        let identity = FileIdentity.sample.with(size: Int64(random.next() % 3))
        let sighting = Sighting.sample(name, identity, in: random.next() % 16 == 0 ? "/fast/proxy" : "/srv/proxy")
        let path = sighting.location.path
        if random.next() % 8 == 0 { try await stepAside(sighting) }
        switch random.next() % 12 {
        case 0, 1: _ = try await catalog.record([sighting])
        case 2, 3:
            _ = try await catalog.recordUploaded(path, identity: identity, evidence: [.quiet], preset: .review)
        case 4: try await catalog.recordIncomplete(path, identity: identity)
        case 5:
            if random.next() % 2 == 0 {
                try await catalog.recordUnreadable(path, failure: .crash, preset: .review)
            } else {
                for removal in try await catalog.removals(below: "/srv", after: 0) {
                    try await catalog.concludeRemoval(removal)
                }
            }
        case 6: _ = try await catalog.retry(path, preset: .review)
        case 7: _ = try await catalog.recordProxyLost(path, preset: .review)
        case 8: if random.next() % 4 == 0 { _ = try await catalog.cancel(path) }
        default: try await work()
        }
    }

    /// What the original does, not its job: moves, vanishes, is touched; and what moves leave to do.
    private mutating func stepAside(_ sighting: Sighting) async throws {
        let path = sighting.location.path
        switch random.next() % 6 {
        case 0:
            guard let video = try await catalog.video(at: path) else { return }
            let names = ["a.MOV", "b.MOV", "moved.MOV"]
            let target = Sighting.sample(names[Int(random.next() % 3)], sighting.identity, in: sighting.destination)
            _ = try await catalog.recordMoved(video.id, to: target)
        case 1: _ = try await catalog.recordMissing(path)
        case 2: _ = try await catalog.refreshIdentity(path, identity: sighting.identity)
        case 3: _ = try await catalog.setPaused(random.next() % 4 == 0)
        case 4:
            for video in try await catalog.videosMissing(below: "/srv", atLeast: .zero, limit: 1) {
                // A queued job keeps its row: the refusal is what is wanted.
                _ = try? await catalog.forgetMissing(video.id)
            }
        default:
            for relocation in try await catalog.relocations() {
                if random.next() % 4 == 0 { _ = try await catalog.reserveAnotherName(for: relocation) }
                try await catalog.concludeProxyMove(relocation)
            }
        }
    }

    private mutating func work() async throws {
        if let queued = try await catalog.claimableJobs(limit: 1).first,
            let job = try await catalog.claim(queued.id, lease: "\(random.next())")
        {
            tokens.append(job.token)
        }
        guard !tokens.isEmpty else { return }
        let token = tokens[Int(random.next() % UInt64(tokens.count))]
        switch random.next() % 5 {
        case 0: _ = try await catalog.fail(token, failure: .crash)
        case 1: _ = try await catalog.supersede(token)
        case 2:
            _ = try await catalog.release(
                token, reason: .diskSpace, delay: .zero, givesBackAttempt: random.next() % 2 == 0, failure: nil)
        default:
            _ = try await catalog.recordMedia(token, media: .sample)
            if try await catalog.recordIntent(token, intent: .sample) { _ = try await catalog.complete(token) }
        }
    }
}

/// A small generator with a fixed seed: a failure can be made again.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
