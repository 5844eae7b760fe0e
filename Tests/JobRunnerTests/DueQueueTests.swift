import Domain
import SystemPackage
import Testing

@testable import JobRunner

@Suite struct DueQueueTests {
    @Test func entriesComeInTheOrderOfTheirTimesAndNumbers() {
        var queue = DueQueue()
        var random = SeededNumbers(seed: 7)
        var expected: [(Int, UInt64)] = []
        for number in UInt64(0)..<2000 {
            let due = Int.random(in: 0..<300, using: &random)
            expected.append((due, number))
            queue.append(DueQueue.Entry(due: .seconds(due), number: number, path: "/a"))
        }
        queue.removeAll { $0.number % 3 == 0 }
        expected = expected.filter { $0.1 % 3 != 0 }.sorted { $0 < $1 }
        var got: [UInt64] = []
        while let entry = queue.removeFirst() { got.append(entry.number) }
        #expect(got == expected.map(\.1))
        #expect(queue.first == nil)
    }

    private struct SeededNumbers: RandomNumberGenerator {
        var seed: UInt64
        mutating func next() -> UInt64 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return seed ^ (seed >> 29)
        }
    }
}

extension CandidateTableTests {
    private func location(_ number: Int, root: FilePath = "/nas") -> OriginalLocation {
        let folder = root.appending("original")
        return OriginalLocation(root: root, dropFolder: folder, path: folder.appending("\(number).mov"))
    }

    @Test func manyCandidatesAreEachLookedAtInTurn() {
        var table = CandidateTable()
        for number in 0..<4000 {
            table.follow(location(number), machine: machine(settle: .seconds(10)), at: .microseconds(number))
        }
        var seen: Set<FilePath> = []
        while case let due = table.takeDue(at: .seconds(1), limit: 16), !due.isEmpty {
            for location in due {
                seen.insert(location.path)
                _ = table.take(observation(size: 5), of: location.path, at: .seconds(1))
            }
        }
        #expect(seen.count == 4000)
        #expect(table.nextDue == .seconds(11))
    }

    @Test func hangingRootHoldsUpNoOther() {
        var table = CandidateTable()
        for number in 0..<100 {
            table.follow(location(number), machine: machine(settle: .seconds(1)), at: .zero)
            table.follow(location(number, root: "/usb"), machine: machine(settle: .seconds(1)), at: .zero)
        }
        var looks: [FilePath: Int] = [:]
        for _ in 0..<50 {
            for location in table.takeDue(at: .zero, limit: 16) {
                looks[location.root, default: 0] += 1
                if location.root == "/usb" { _ = table.take(observation(size: 5), of: location.path, at: .zero) }
            }
        }
        #expect(looks == ["/nas": CandidateTable.looksInOneRoot, "/usb": 100])
    }

    @Test func echoOfOurOwnLookIsIgnored() {
        var table = CandidateTable()
        table.follow(location, machine: machine(settle: .seconds(10)), at: .zero)
        _ = table.takeDue(at: .zero, limit: 8)
        let seen = observation(size: 5)
        _ = table.take(seen, of: location.path, at: .zero)
        table.touch(location.path, identity: seen.identity, isWritingOnly: false, at: .milliseconds(49))
        #expect(table.takeDue(at: .milliseconds(49), limit: 8).isEmpty)
        table.touch(
            location.path, identity: observation(size: 6).identity, isWritingOnly: false, at: .milliseconds(49))
        #expect(table.takeDue(at: .milliseconds(49), limit: 8) == [location])
        _ = table.take(seen, of: location.path, at: .milliseconds(50))
        table.touch(location.path, identity: seen.identity, isWritingOnly: false, at: .milliseconds(101))
        #expect(table.takeDue(at: .milliseconds(101), limit: 8) == [location])
    }

    @Test func modificationsAskForOneLookEachSecondAndNoneOfAHeldFile() {
        var table = CandidateTable()
        table.follow(location, machine: machine(settle: .seconds(10)), at: .zero)
        _ = table.takeDue(at: .zero, limit: 8)
        _ = table.take(observation(size: 5), of: location.path, at: .zero)
        let identity = observation(size: 6).identity
        table.touch(location.path, identity: identity, isWritingOnly: true, at: .milliseconds(10))
        #expect(table.takeDue(at: .milliseconds(999), limit: 8).isEmpty)
        #expect(table.takeDue(at: .seconds(1), limit: 8) == [location])
        for number in 0..<10 {
            _ = table.take(observation(size: 6, writer: .busy), of: location.path, at: .milliseconds(1000 + number))
        }
        _ = table.takeDue(at: .milliseconds(1100), limit: 8)
        _ = table.take(observation(size: 6, writer: .busy), of: location.path, at: .milliseconds(1100))
        table.touch(location.path, identity: identity, isWritingOnly: true, at: .milliseconds(1200))
        #expect(table.takeDue(at: .milliseconds(1900), limit: 8).isEmpty)
    }

    @Test func tentativeCandidateIsRejectedUnlessTheDatabaseWantsIt() {
        var table = CandidateTable()
        table.follow(location, machine: machine(settle: .seconds(1)), at: .zero, isTentative: true)
        #expect(table.isToBeRejected(location.path))
        table.confirm(location.path)
        #expect(!table.isToBeRejected(location.path))
        table.follow(location, machine: machine(settle: .seconds(1)), at: .zero, isTentative: true)
        #expect(!table.isToBeRejected(location.path), "what the database wants stays wanted")
    }

    @Test func eventBetweenProofAndRecordIsLookedAtAfterwards() {
        var table = CandidateTable()
        table.follow(location, machine: machine(settle: .seconds(1)), at: .zero)
        _ = table.takeDue(at: .zero, limit: 8)
        let seen = observation(size: 5, age: .seconds(5))
        #expect(table.take(seen, of: location.path, at: .zero) == .ready([.noWriter, .quiet]))
        #expect(table.takeDue(at: .seconds(9), limit: 8).isEmpty, "its record is under way")
        table.touch(location.path, identity: observation(size: 6).identity, isWritingOnly: false, at: .seconds(9))
        table.conclude(location.path, at: .seconds(9))
        #expect(table.takeDue(at: .seconds(9), limit: 8) == [location])
        _ = table.take(seen, of: location.path, at: .seconds(9))
        table.conclude(location.path, at: .seconds(9))
        #expect(table.count == 0)
    }

    @Test func resumedUploadDoublesTheWindowOfItsFolder() {
        var table = CandidateTable()
        table.follow(location, machine: machine(settle: .seconds(10)), at: .zero)
        _ = table.take(observation(size: 5), of: location.path, at: .zero)
        _ = table.take(observation(size: 6), of: location.path, at: .seconds(8))
        let other = location(1)
        table.follow(other, machine: machine(settle: .seconds(10)), at: .seconds(8))
        _ = table.take(observation(size: 5), of: other.path, at: .seconds(8))
        #expect(table.take(observation(size: 5), of: other.path, at: .seconds(27)) == .undecided)
        #expect(table.take(observation(size: 5), of: other.path, at: .seconds(28)) == .ready([.noWriter, .quiet]))
    }

    @Test func noticeIsEvidence() {
        var table = CandidateTable()
        table.follow(location, machine: machine(settle: .seconds(1)), at: .zero)
        table.notify(location.path, at: .zero)
        #expect(
            table.take(observation(size: 5), of: location.path, at: .zero) == .ready([.notified, .noWriter]))
    }
}
