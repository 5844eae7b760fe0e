import Domain
import Logging
import SystemPackage

// Is it the same original under another name, or with other times?
extension PresenceService {
    func answerQuestions() async {
        for question in questions.values where question.due <= now && !Task.isCancelled {
            let path = question.sighting.location.path
            questions[path] = nil
            switch question.outcome {
            case .doubtful(let fingerprint): await resolve(doubtOf: question.sighting, fingerprint)
            case .resembles(let twins): await resolve(question.sighting, among: twins)
            case .known, .following, .replaced: break
            }
        }
    }

    /// The paths from which a file that is being examined may have come.
    var awaitedPaths: Set<FilePath> {
        var paths: Set<FilePath> = []
        for question in questions.values {
            if case .resembles(let twins) = question.outcome { paths.formUnion(twins.map(\.location.path)) }
        }
        return paths
    }

    private func resolve(doubtOf sighting: Sighting, _ fingerprint: ContentFingerprint) async {
        guard let found = await tools.originals.fingerprint(at: sighting.location, of: sighting.identity) else {
            return await lookAgain(at: sighting)
        }
        guard found == fingerprint else { return await record(sighting.examined) }
        let store = tools.store
        let isRefreshed = await patience.persist("record an unchanged original") { () throws(StoreError) in
            try await store.refreshIdentity(sighting.location.path, identity: sighting.identity)
        }
        guard isRefreshed == true else { return }
        logger.info("original touched, content unchanged", metadata: .original(sighting.location.path))
        tools.sidecarBell.ring()
    }

    private func resolve(_ sighting: Sighting, among twins: [KnownTwin]) async {
        for twin in twins {
            switch await isSource(twin, of: sighting) {
            case .yes: return await move(twin, to: sighting)
            case .no: continue
            case .changing: return await lookAgain(at: sighting)
            }
        }
        await record(sighting.examined)
    }

    private enum Answer {
        case yes, no
        /// The file is not what was seen any more.
        case changing
    }

    private func isSource(_ twin: KnownTwin, of sighting: Sighting) async -> Answer {
        switch await tools.originals.presence(of: twin.location, onDevice: sighting.identity.device) {
        // The file is there under both names (a hard link).
        case .present(let identity)
        where identity.inode == sighting.identity.inode && identity.device == sighting.identity.device:
            return .no
        // Another file has taken the old name: only the content can tell.
        case .present where twin.fingerprint == nil: return .no
        case .unreachable: return .no
        case .present, .absent: break
        }
        // An upload that was not complete has no fingerprint yet; file system and inode have to do.
        guard let known = twin.fingerprint else { return .yes }
        guard let found = await tools.originals.fingerprint(at: sighting.location, of: sighting.identity) else {
            return .changing
        }
        return found == known ? .yes : .no
    }

    private func move(_ twin: KnownTwin, to sighting: Sighting) async {
        let store = tools.store
        let outcome = await patience.persist("record a rename") { () throws(StoreError) in
            try await store.recordMoved(twin.videoID, to: sighting)
        }
        let path = sighting.location.path
        switch outcome {
        case .moved(let from, let isUploaded)?:
            suspects[from] = nil
            logger.notice("original renamed", metadata: .original(path).adding(["from": .name(from)]))
            await tools.forget(from)
            await settleRelocations()
            if !isUploaded { await tools.answer(sighting, .following) }
            await seeWhatTook(twin.location)
            tools.jobBell.ring()
            tools.sidecarBell.ring()
        case .running(let job)?:
            tools.putBack(job)
            questions[path] = Question(
                sighting: sighting, outcome: .resembles([twin]), due: now + times.again)
        case .refused?: await record(sighting)
        case nil: break
        }
    }

    /// The old name may have been given to another file meanwhile, whose sighting went to the row that moved away.
    private func seeWhatTook(_ location: OriginalLocation) async {
        guard let identity = try? await tools.originals.identity(at: location),
            let sighting = tools.policies.sighting(of: location, identity: identity)
        else { return }  // Nothing is there; what cannot be looked at is told by the next walk.
        await record(sighting)
    }

    /// The file is not what was seen, or cannot be read: what is there now is looked at like a new sighting.
    private func lookAgain(at sighting: Sighting) async {
        let identity: FileIdentity?
        do throws(Failure) { identity = try await tools.originals.identity(at: sighting.location) } catch {
            // The upload's own probe says what is wrong with it.
            return await record(sighting.examined)
        }
        guard let identity else { return suspect(sighting.location.path) }
        guard !identity.hasSameContent(as: sighting.identity) else { return await record(sighting.examined) }
        guard let newer = tools.policies.sighting(of: sighting.location, identity: identity) else { return }
        await record(newer)
    }

    private func record(_ sighting: Sighting) async {
        let store = tools.store
        let outcomes = await patience.persist("record an examined original") { () throws(StoreError) in
            try await store.record([sighting])
        }
        guard let outcome = outcomes?.first else { return }
        await tools.answer(sighting, outcome)
    }
}
