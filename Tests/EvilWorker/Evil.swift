import CEvil
import Domain
import Glibc
import LocalSockets
import SystemPackage
import WorkerProtocol

/// What the evil worker does.
struct Evil {
    let word: String
    let argument: String
    let request: WorkerRequest
    let original: FileDescriptor
    let output: FileDescriptor

    func actBeforeTheSeal() {
        switch word {
        case "speak-early": send(.failed(Failure(.notMedia, "nothing was looked at")))
        case "exit-early": exit(3)
        default: break
        }
    }

    func act() {
        if word.hasPrefix("thread:") {
            return tell(
                unsafe evil_attempt_in_thread(String(word.dropFirst(7)), argument, original.rawValue, output.rawValue))
        }
        let result = unsafe evil_attempt(word, argument, original.rawValue, output.rawValue)
        if result >= 0 { return tell(result) }
        if !endAbnormally() { lie() }
    }

    /// The attempt's result as a failure, for only that carries text.
    private func tell(_ result: Int32) {
        send(
            .failed(Failure(.decodeFailed, result == 0 ? "it worked" : "refused", detail: "\(Errno(rawValue: result))"))
        )
    }

    private func endAbnormally() -> Bool {
        switch word {
        case "crash": _ = unsafe UnsafeMutablePointer<Int>(bitPattern: 8)?.pointee = 1
        case "abort": abort()
        case "exit": exit(Int32(argument) ?? 0)
        case "complain":
            _ = try? FileDescriptor.standardError.writeAll("heap \u{1b}[31mis broken\n".utf8)
            exit(3)
        case "flood-complaints":
            for line in 0..<3000 {
                _ = try? FileDescriptor.standardError.writeAll("line \(line) of many words to fill the pipe\n".utf8)
            }
            exit(1)
        case "hang": while true { _ = pause1() }
        case "burn":
            var number: UInt64 = 1
            while number != 0 { number = number &* 6_364_136_223_846_793_005 | 1 }
        case "stay-after-answer":
            send(.failed(Failure(.notMedia, "done")))
            while true { _ = pause1() }
        case "close-and-stay":
            _ = close(2)
            _ = close(0)
            while true { _ = pause1() }
        case "take-memory": takeMemory()
        case "take-memory-as-swift":
            var kept: [[UInt8]] = []
            while kept.count < 1 << 20 { kept.append([UInt8](repeating: 1, count: 64 << 20)) }
        case "fill-output": fillOutput()
        case "start-threads": startThreads()
        default: return false
        }
        return true
    }

    /// Waits without a system call that the filter would have to know.
    private func pause1() -> Int32 { sched_yield() }

    private func takeMemory() {
        var bytes = 0
        while let block = unsafe malloc(16 << 20) {
            unsafe memset(block, 1, 16 << 20)
            bytes += 16 << 20
        }
        send(.failed(Failure(.workerOutOfMemory, "took \(bytes >> 20) MiB")))
    }

    private func fillOutput() {
        let block = [UInt8](repeating: 1, count: 1 << 20)
        var end = 0
        while true {
            let written = unsafe pwrite(output.rawValue, block, block.count, off_t(end))
            if written <= 0 { break }
            end += written
        }
        send(.failed(Failure(.limitExceeded, "wrote \(end) bytes", detail: "\(Errno(rawValue: errno))")))
    }

    private func startThreads() {
        for _ in 0..<8 where unsafe evil_attempt_in_thread("look-at-secret", "", 0, 0) != EACCES {
            return send(.failed(Failure(.decodeFailed, "it worked")))
        }
        send(.failed(Failure(.notMedia, "threads run")))
    }

    private func lie() {
        let progress = JobProgress(fraction: 0.1, speed: 1, etaSeconds: nil, frames: 5, framesPerSecond: 1)
        let media = MediaDescription(container: "mov", durationSeconds: 1, video: nil, audio: [])
        switch word {
        case "claim": send(.failed(Failure(FailureCode(rawValue: argument) ?? .cancelled, "because I say so")))
        case "say-nothing": break
        case "say-garbage": sendBytes(Array("{\"what\":".utf8))
        case "say-deeply-nested": sendBytes([UInt8](repeating: UInt8(ascii: "["), count: 60000))
        case "say-too-much": sendBytes([UInt8](repeating: 0x20, count: WorkerChannel.maximumMessageBytes + 1))
        case "seal-twice": send(.sealed(SealReport()))
        case "answer-another-question": send(.probed(media))
        case "describe-twice": (0..<2).forEach { _ in send(.media(media)) }
        case "go-backwards":
            var back = progress
            for frames in [9, 7, 5, 1] {
                back.frames = frames
                send(.progress(back))
            }
        case "overtake":
            var impossible = progress
            impossible.fraction = 1.5
            send(.progress(impossible))
        case "flood": while true { send(.progress(progress)) }
        case "talk-forever":
            while true {
                send(.progress(progress))
                var until = timespec()
                _ = unsafe clock_gettime(CLOCK_MONOTONIC, &until)
                var now = until
                while now.tv_sec == until.tv_sec, now.tv_nsec - until.tv_nsec < 100_000_000 {
                    _ = unsafe clock_gettime(CLOCK_MONOTONIC, &now)
                }
            }
        case "report-nonsense":
            send(
                .transcoded(
                    TranscodeReport(
                        frames: .max, videoDurationSeconds: -1, audioDurationSeconds: nil,
                        width: 0, height: 0, frameRateNumerator: 0, frameRateDenominator: 0, warnings: [])))
        case "verify-nothing":
            send(
                .verified(
                    ProxyDescription(
                        sizeBytes: 1, sha256: "no digest", durationSeconds: 1, frames: 1, width: 1, height: 1,
                        frameRate: "1/1", videoCodec: "h264", audioCodec: nil, warnings: [])))
        default: send(.failed(Failure(.notMedia, "no such deed: \(word)")))
        }
        exit(0)
    }

    private func sendBytes(_ bytes: [UInt8]) { _ = try? channel.send(bytes) }
}
