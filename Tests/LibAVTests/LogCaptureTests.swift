import Testing

@testable import LibAV

@Suite struct LogCaptureTests {
    @Test func controlCharactersOfTheFileDoNotReachTheLog() {
        #expect(LogCapture.sanitized("a\u{1b}[31mred\u{202e}\u{7}\n") == "a?[31mred??")
    }

    @Test func objectAddressesAreLeftOut() {
        #expect(LogCapture.sanitized("[h264 @ 0x55fb2968aa00] no frame!") == "[h264] no frame!")
    }
}
