// A worker in an attacker's hands, for tests; never installed. It seals itself as the real one does, and then does what
// the file that it was given says: `WORD [ARGUMENT]`.

import CEvil
import CLinux
import Domain
import Glibc
import LocalSockets
import Sealing
import SystemPackage
import WorkerProtocol

// `evil-worker without-landlock PROGRAM WORD…`: the program on a kernel without landlock.
if CommandLine.arguments.count > 2, CommandLine.arguments[1] == "without-landlock" {
    let words = unsafe CommandLine.unsafeArgv + 2
    if let program = unsafe words[0] { exit(unsafe evil_become_without_landlock(program, words)) }
}

_ = signal(SIGPIPE, SIG_IGN)
_ = clinux_die_with_parent()

let channel = SequencedSocket(owning: .standardInput)

func send(_ message: WorkerMessage) {
    guard let bytes = try? WorkerChannel.encode(message), (try? channel.send(bytes)) != nil else { exit(74) }
}

guard let received = try channel.receive(maximumBytes: WorkerChannel.maximumMessageBytes) else { exit(74) }
let request = try WorkerChannel.decodeRequest(received.message)
let files = received.descriptors
let original = files.first ?? FileDescriptor(rawValue: -1)
let output = files.count > 1 ? files[1] : original

var text = [UInt8](repeating: 0, count: 4096)
let length = max(0, unsafe pread(original.rawValue, &text, text.count, 0))
let words = String(decoding: text[..<length], as: UTF8.self).split(separator: " ", maxSplits: 1).map(String.init)
let evil = Evil(
    word: words.first ?? "", argument: words.count > 1 ? words[1] : "", request: request, original: original,
    output: output)

evil.actBeforeTheSeal()
let report =
    request.sandbox == .off
    ? SealReport()
    : Room(
        channel: channel.descriptor, diagnostics: .standardError, readable: files,
        writable: files.count > 1 ? [output] : [], limits: request.limits
    ).seal()
send(.sealed(report))
evil.act()
exit(0)
