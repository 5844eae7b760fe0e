import Domain
import Glibc
import LibAV
import SystemPackage
import Transcoding
import WorkerProtocol

/// libFuzzer's entry point (https://llvm.org/docs/LibFuzzer.html): the whole worker but its seal, over a file of the
/// fuzzer's making. Opened, described, decoded, encoded, written, and the proxy read back, as for an upload.
///
/// Ends the process where the worker says what its supervisor would take for a lie, makes a proxy that does not verify,
/// or fails in a way that is never the original's fault; the sanitizers and Swift's traps end it for everything else.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    FuzzedWorker.shared.work(on: UnsafeRawBufferPointer(start: start, count: count))
    return 0
}

private final class FuzzedWorker: Sendable {
    static let shared = FuzzedWorker()

    private let original = FuzzedWorker.makeFile("original")
    private let proxy = FuzzedWorker.makeFile("proxy")
    private let limits: WorkerLimits

    private init() {
        LogCapture.install()
        Preparation.run()
        // Far below the real ones: what takes long and does not fail is of no use here.
        var limits = WorkerLimits()
        limits.maxPixels = 1 << 18
        limits.maxAllocationBytes = 64 << 20
        limits.maxDurationSeconds = 3600
        limits.maxPacketsWithoutFrame = 500
        limits.maxSilenceSeconds = 60
        self.limits = limits
    }

    func work(on bytes: UnsafeRawBufferPointer) {
        write(bytes)
        // What must never be ends the process (`fatalError`): that is how libFuzzer learns of a finding and keeps its input.
        let probed = outcome(of: .probe) { _ throws(Failure) in
            .probed(try MediaProbe.describe(original, limits: limits))
        }
        // Every other input is to become so small that all shortcuts are taken (`Transcoding.Shortcuts`).
        let preset = bytes.count % 2 == 0 ? Preset.review : Preset(height: 16)
        let made = outcome(of: .transcode(preset: preset, decodeThreads: 1)) { send throws(Failure) in
            .transcoded(
                try ProxyTranscode(preset: preset, limits: limits).run(original, into: proxy) { event in
                    switch event {
                    case .media(let media): send(.media(media))
                    case .progress(let progress): send(.progress(progress))
                    }
                })
        }
        guard case .transcoded(let report) = made else { return }
        // Here and below: a trap is what libFuzzer takes for a finding.
        guard case .probed = probed else { fatalError("made of what could not be described: \(probed)") }
        let verified = outcome(of: .verify(report: report)) { _ throws(Failure) in
            .verified(try ProxyVerification(against: report, limits: limits).run(proxy))
        }
        guard case .verified = verified else { fatalError("the proxy does not verify: \(verified)") }
    }

    /// Runs a task and has the supervisor's half listen, message by message, as they come over the channel.
    private func outcome(
        of task: WorkerRequest.Task, _ body: ((WorkerMessage) -> Void) throws(Failure) -> WorkerMessage
    ) -> WorkerMessage {
        var testimony = Testimony(WorkerRequest(task, limits: limits, sandbox: .required))
        func send(_ message: WorkerMessage) {
            guard let bytes = try? WorkerChannel.encode(message), let heard = try? WorkerChannel.decodeMessage(bytes)
            else { fatalError("cannot be sent: \(message)") }
            guard bytes.count <= WorkerChannel.maximumMessageBytes else { fatalError("too long: \(bytes.count)") }
            // The fuzzer cannot send as often as an hour of work would allow.
            if case .lie(let reason) = testimony.hear(heard, elapsed: .seconds(3600)) {
                fatalError("taken for a lie: \(reason): \(message)")
            }
        }
        send(.sealed(SealReport()))
        var outcome: WorkerMessage
        do throws(Failure) { outcome = try body(send) } catch {
            // Memory files neither fail nor fill up, and what was decoded can be encoded.
            if [.ioError, .diskFull, .encodeFailed].contains(error.code) {
                fatalError("never the original's fault: \(error)")
            }
            outcome = .failed(error)
        }
        send(outcome)
        return outcome
    }

    private func write(_ bytes: UnsafeRawBufferPointer) {
        do {
            try original.resize(to: 0)
            try proxy.resize(to: 0)
            _ = try original.writeAll(toAbsoluteOffset: 0, bytes)
        } catch {
            fatalError("memory file: \(error)")
        }
    }

    /// A file in memory that has no name any more.
    private static func makeFile(_ name: String) -> FileDescriptor {
        let path = "/dev/shm/understudy-fuzz-\(name)-\(getpid())"
        do {
            let file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .exclusiveCreate], permissions: .ownerReadWrite)
            unlink(path)
            return file
        } catch {
            fatalError("\(path): \(error)")
        }
    }
}
