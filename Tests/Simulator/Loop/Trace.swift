/// What happened, in order: as a hash always, as text where a person asks for it.
final class Trace {
    /// Whether the text is made.
    let isVerbose: Bool
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    /// Of the text too, where it is made.
    private(set) var textHash: UInt64 = 0xCBF2_9CE4_8422_2325
    private(set) var events = 0

    init(isVerbose: Bool) { self.isVerbose = isVerbose }

    /// One event.
    func note(_ name: StaticString, at now: Duration, _ detail: @autoclosure () -> String) {
        events += 1
        name.withUTF8Buffer { bytes in
            for index in bytes.indices { unsafe mix(UInt64(bytes[index])) }
        }
        mix(UInt64(bitPattern: now.microseconds))
        guard isVerbose else { return }
        remark(name, at: now, detail())
    }

    /// Something that is told where text is made, and is no event.
    func remark(_ name: StaticString, at now: Duration, _ text: @autoclosure () -> String) {
        guard isVerbose else { return }
        let text = text()
        for byte in text.utf8 { mixText(byte) }
        let milliseconds = now.microseconds / 1000
        let fraction = String(milliseconds % 1000 + 1000).dropFirst()
        say("\(milliseconds / 1000).\(fraction) \(name) \(text)")
    }

    private func mixText(_ byte: UInt8) { textHash = (textHash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }

    /// FNV-1a.
    private func mix(_ value: UInt64) { hash = (hash ^ value) &* 0x0000_0100_0000_01B3 }
}
