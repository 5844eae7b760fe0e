import Domain

/// `original.media` in the sidecar: what `MediaDescription` holds, with explicit nulls.
struct SidecarMedia: Encodable {
    let media: MediaDescription

    init(_ media: MediaDescription) { self.media = media }

    func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encode(media.container, forKey: .container)
        try fields.encode(media.durationSeconds?.ifFinite, forKey: .durationSeconds)
        try fields.encode(media.video.map(Video.init), forKey: .video)
        try fields.encode(media.audio, forKey: .audio)
    }

    private enum Key: String, CodingKey {
        case container, video, audio
        case durationSeconds = "duration_seconds"
    }

    private struct Video: Encodable {
        let video: MediaDescription.Video

        init(_ video: MediaDescription.Video) { self.video = video }

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: Key.self)
            try fields.encode(video.codec, forKey: .codec)
            try fields.encode(video.width, forKey: .width)
            try fields.encode(video.height, forKey: .height)
            try fields.encode(video.frameRate, forKey: .frameRate)
            try fields.encode(video.frames, forKey: .frames)
            try fields.encode(video.rotationDegrees, forKey: .rotationDegrees)
            try fields.encode(video.interlaced, forKey: .interlaced)
            try fields.encode(Color(color: video.color), forKey: .color)
            try fields.encode(video.timecode, forKey: .timecode)
        }

        private enum Key: String, CodingKey {
            case codec, width, height, frames, interlaced, color, timecode
            case frameRate = "frame_rate"
            case rotationDegrees = "rotation_degrees"
        }
    }

    private struct Color: Encodable {
        let color: MediaDescription.Color

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: Key.self)
            try fields.encode(color.primaries, forKey: .primaries)
            try fields.encode(color.transfer, forKey: .transfer)
            try fields.encode(color.matrix, forKey: .matrix)
            try fields.encode(color.range, forKey: .range)
        }

        private enum Key: String, CodingKey {
            case primaries, transfer, matrix, range
        }
    }
}
