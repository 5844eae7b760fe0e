import Domain

// Texts of a worker go into the database, sidecars, logs and terminals: none may be long, and none may act.

extension String {
    private static var longestText: Int { 512 }

    /// On one line, harmless, of bounded length.
    var boundedText: String {
        let escaped = PrintableText.escaped(String(prefix(String.longestText)))
        // Escaping makes eight characters of one, and one character can be many scalars.
        guard escaped.utf8.count > 4 * String.longestText else { return escaped }
        return String(decoding: escaped.utf8.prefix(4 * String.longestText), as: UTF8.self)
    }
}

extension [String] {
    private static var mostTexts: Int { 16 }

    var boundedTexts: [String] { prefix([String].mostTexts).map(\.boundedText) }
}

extension Failure {
    var bounded: Failure { Failure(code, message.boundedText, detail: PrintableText.escapedLines(detail)) }
}

extension MediaDescription {
    private static var mostTracks: Int { 256 }

    var bounded: MediaDescription {
        var bounded = self
        bounded.container = container.boundedText
        bounded.video = video.map { video in
            var video = video
            video.codec = video.codec.boundedText
            video.frameRate = video.frameRate?.boundedText
            video.timecode = video.timecode?.boundedText
            video.color = .init(
                primaries: video.color.primaries?.boundedText, transfer: video.color.transfer?.boundedText,
                matrix: video.color.matrix?.boundedText, range: video.color.range?.boundedText)
            return video
        }
        bounded.audio = audio.prefix(MediaDescription.mostTracks).map { track in
            .init(codec: track.codec.boundedText, channels: track.channels, sampleRate: track.sampleRate)
        }
        return bounded
    }
}
