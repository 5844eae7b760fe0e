import Domain
import Logging
import SystemPackage

/// One attempt at one claimed job: transcode, verify, publish, commit, in the order that makes a crash between any two
/// steps harmless (docs/ARCHITECTURE.md, "Publishing").
struct Attempt: Sendable {
    let job: ClaimedJob
    let tools: ExecutorService.Tools
    let stop: StopSignal
    let patience: StorePatience
    /// Admits the attempt by free space; tells how many bytes would have to be free where it does not.
    let admission: @Sendable (_ estimate: Int64, _ available: Int64) -> Int64?

    /// What the attempt came to, before the database was told; nothing of it is visible under a final name unless it is
    /// `published`.
    enum Result: Sendable {
        case published(ProxyDescription)
        case failed(Failure)
        /// Somebody else owns the job now.
        case lostClaim
        case stopped
    }

    func run() async -> Result {
        do throws(Failure) {
            let original = try await openOriginal()
            let result = await work(on: original)
            await tools.originals.close(original)
            guard case .failed(let failure) = result else { return result }
            return .failed(await explained(failure))
        } catch {
            return .failed(await explained(error))
        }
    }

    /// A file that cannot be found or read may lie on a file system that was unmounted: then the job waits for it.
    private func explained(_ failure: Failure) async -> Failure {
        guard [.originalMissing, .originalChanged, .ioError, .truncated, .decodeFailed].contains(failure.code),
            case .unreachable(let reason) = await tools.originals.presence(
                of: job.location, onDevice: job.identity.device)
        else { return failure }
        return Failure(.mountMissing, reason.message, detail: failure.message)
    }

    private func work(on original: OpenOriginal) async -> Result {
        do throws(Failure) {
            try await checkSpace()
            let file = try await tools.proxies.createTemporary(
                in: job.destination, jobID: job.token.jobID, attempt: job.token.attempt)
            let result = await fill(file, from: original)
            await tools.proxies.discard(file)
            return result
        } catch {
            return .failed(error)
        }
    }

    private func fill(_ file: TemporaryFile, from original: OpenOriginal) async -> Result {
        do throws(Failure) {
            let report = try await transcode(original, into: file)
            guard stop.reason == nil else { return .stopped }
            try await checkUnchanged(original)
            let name = job.proxyPath.fileName?.text ?? ""
            let description = try await stop.guarding { () throws(Failure) in
                try await tools.workers.verify(file.descriptor, named: name, against: report)
            }
            guard stop.reason == nil else { return .stopped }
            return try await publish(file, description: description, original: original)
        } catch {
            return stop.reason == nil ? .failed(error) : .stopped
        }
    }

    private func publish(
        _ file: TemporaryFile, description: ProxyDescription, original: OpenOriginal
    ) async throws(Failure) -> Result {
        let identity = try await tools.proxies.harden(file)
        guard identity.sizeBytes == description.sizeBytes, identity.sizeBytes > 0 else {
            throw Failure(.verificationFailed, "\(name): the written file's size is not the verified one.")
        }
        try await checkUnchanged(original)
        let published = PublishedFile(
            inode: identity.inode, sizeBytes: identity.sizeBytes, modifiedNanoseconds: identity.modifiedNanoseconds,
            sha256: description.sha256)
        let intent = PublishIntent(file: published, result: description, replaced: job.replaceable)
        let isRecorded = await persist("record the intent") { (store) throws(StoreError) in
            try await store.recordIntent(job.token, intent: intent)
        }
        guard isRecorded else { return .lostClaim }
        do throws(Failure) {
            try await tools.proxies.publish(file, as: job.proxyPath, replacing: job.replaceable)
        } catch {
            await recordIfRenamed(published)
            throw error
        }
        let isComplete = await persist("complete the job") { (store) throws(StoreError) in
            try await store.complete(job.token)
        }
        guard isComplete else { return .lostClaim }
        return .published(description)
    }

    /// After a publication that failed: where its rename happened, the row says whose file lies there, for whatever
    /// becomes of the original before the next attempt.
    private func recordIfRenamed(_ file: PublishedFile) async {
        guard let there = await tools.proxies.identity(at: job.proxyPath), file.isSameFile(as: there) else { return }
        _ = await persist("record the renamed proxy") { (store) throws(StoreError) in
            try await store.recordPublished(job.token)
        }
    }

    private func transcode(_ original: OpenOriginal, into file: TemporaryFile) async throws(Failure) -> TranscodeReport
    {
        let (events, continuation) = AsyncStream.makeStream(
            of: TranscodeEvent.self, bufferingPolicy: .bufferingNewest(16))
        async let handled: Void = handle(events)
        let report: Swift.Result<TranscodeReport, Failure>
        do throws(Failure) {
            report = .success(
                try await stop.guarding { () throws(Failure) in
                    try await tools.workers.transcode(
                        original.descriptor, named: name, into: file.descriptor, preset: job.preset
                    ) { continuation.yield($0) }
                })
        } catch {
            report = .failure(error)
        }
        continuation.finish()
        await handled
        return try report.get()
    }

    private func handle(_ events: AsyncStream<TranscodeEvent>) async {
        for await event in events {
            switch event {
            case .media(let media):
                _ = await persist("record the media") { (store) throws(StoreError) in
                    try await store.recordMedia(job.token, media: media)
                }
                tools.sidecarBell.ring()
            case .progress(let progress):
                tools.board.report(job.token.jobID, progress)
                tools.observer.jobProgressed(job, progress)
            }
        }
    }

    private func openOriginal() async throws(Failure) -> OpenOriginal {
        let original = try await tools.originals.open(job.location)
        guard await isQueuedContent(original) else {
            await tools.originals.close(original)
            throw changed
        }
        return original
    }

    /// Both the open descriptor and the path must still be what was opened.
    private func checkUnchanged(_ original: OpenOriginal) async throws(Failure) {
        let now = try await tools.originals.identity(of: original)
        guard let there = try await tools.originals.identity(at: job.location) else {
            throw Failure(.originalMissing, "\(name): the original vanished while its proxy was made.")
        }
        guard there.device == now.device, there.inode == now.inode else { throw changed }
        guard !now.hasSameContent(as: original.identity) else { return }
        // Uploaders set a file's times after its last byte; only what looks like writing, or reads otherwise, counts.
        guard !now.looksWritten(since: original.identity), await isQueuedContent(original) else { throw changed }
    }

    /// Whether the open file is what was queued: the same file untouched, or one with the same content.
    private func isQueuedContent(_ original: OpenOriginal) async -> Bool {
        if original.identity.hasSameContent(as: job.identity), await isUntouched(original) { return true }
        guard let fingerprint = job.fingerprint, original.identity.sizeBytes == job.identity.sizeBytes else {
            return false
        }
        // What cannot be read is not known to be the same.
        return (try? await tools.originals.fingerprint(of: original)) == fingerprint
    }

    private func isUntouched(_ original: OpenOriginal) async -> Bool {
        // A descriptor that cannot be looked at is not known to be untouched.
        (try? await tools.originals.identity(of: original))?.hasSameContent(as: original.identity) ?? false
    }

    private func checkSpace() async throws(Failure) {
        guard let available = await tools.proxies.availableBytes(at: job.destination) else { return }
        let estimate = SpaceEstimate.proxyBytes(
            ofOriginal: job.identity.sizeBytes, durationSeconds: job.media?.durationSeconds, preset: job.preset)
        guard let needed = admission(estimate, available) else { return }
        throw Failure(
            .diskFull,
            "\(PathText.encode(job.destination.bytes)): \(available / 1_048_576) MiB are free, and"
                + " \((needed + 1_048_575) / 1_048_576) MiB are needed (min_free_space and what running jobs may take);"
                + " free some room and the job goes on by itself.")
    }

    private func persist(
        _ intention: StaticString, _ verb: @escaping @Sendable (any VideoStore) async throws(StoreError) -> Bool
    ) async -> Bool {
        let store = tools.store
        return await patience.persist(intention) { () throws(StoreError) in try await verb(store) } ?? false
    }

    private var name: String { PathText.encode(job.location.path.bytes) }

    private var changed: Failure {
        Failure(.originalChanged, "\(name): the original changed while its proxy was made.")
    }
}
