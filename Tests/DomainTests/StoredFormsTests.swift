import Domain
import FoundationEssentials
import Testing

/// What earlier versions wrote into the database can be read.
@Suite struct StoredFormsTests {
    private func stored<Value: Codable>(_ value: Value, without key: String) throws -> Value {
        let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
        let pattern = "\"\(key)\":"
        let start = try #require(text.firstRange(of: pattern))
        let end = text[start.upperBound...].firstIndex { $0 == "," || $0 == "}" } ?? text.endIndex
        var rest = String(text[..<start.lowerBound] + text[end...])
        for (from, to) in [("{,", "{"), (",,", ","), (",}", "}")] { rest = rest.replacing(from, with: to) }
        return try JSONDecoder().decode(Value.self, from: Data(rest.utf8))
    }

    @Test func jobsQueuedBeforeRemuxingAreEncoded() throws {
        #expect(try stored(Preset.review, without: "remux") == Preset(remux: false))
    }

    @Test func proxiesMadeBeforeRemuxingWereEncoded() throws {
        var proxy = ProxyDescription(
            sizeBytes: 1, sha256: "00", durationSeconds: 2, frames: 20, width: 320, height: 240, frameRate: "10/1",
            videoCodec: "h264", audioCodec: "aac", method: .remux, warnings: [])
        let read = try stored(proxy, without: "method")
        proxy.method = .encode
        #expect(read == proxy)
    }

    @Test func everyFieldIsKept() throws {
        let proxy = ProxyDescription(
            sizeBytes: 1, sha256: "00", durationSeconds: 2, frames: 20, width: 320, height: 240, frameRate: "10/1",
            videoCodec: "h264", audioCodec: nil, method: .remux, warnings: ["so"])
        #expect(try JSONDecoder().decode(ProxyDescription.self, from: JSONEncoder().encode(proxy)) == proxy)
        #expect(try JSONDecoder().decode(Preset.self, from: JSONEncoder().encode(Preset.review)) == .review)
    }
}
