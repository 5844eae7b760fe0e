import Testing

@testable import LocalSockets

@Suite struct HTTPTests {
    @Test(arguments: [
        ("127.0.0.1:9840", "127.0.0.1:9840"), ("127.1.2.3:1", "127.1.2.3:1"), ("[::1]:65535", "[::1]:65535"),
    ])
    func loopbackAddressesAreTaken(_ text: String, _ shown: String) {
        #expect(LoopbackAddress(text)?.description == shown)
    }

    @Test(arguments: [
        "0.0.0.0:9840", "192.168.1.2:9840", "[::]:9840", "localhost:9840", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
        "127.0.0:80", "127.0.0.256:80", ":9840", "",
    ])
    func everythingElseIsRefused(_ text: String) { #expect(LoopbackAddress(text) == nil) }

    @Test func requestIsReadOnceItsHeadIsWhole() {
        func request(_ text: String) -> String? {
            HTTPListener.request(in: Array(text.utf8)).map { "\($0.method) \($0.target)" }
        }
        #expect(request("GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n") == "GET /metrics")
        #expect(request("GET /metrics HTTP/1.1\r\nHost: a\r\n") == nil)
        #expect(request("nonsense\r\n\r\n") == nil)
        #expect(request("GET / SPDY/3\r\n\r\n") == nil)
        #expect(request("\r\n\r\n") == nil)
    }
}
