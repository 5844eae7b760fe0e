import Domain

/// Dahua's recorder format (libavformat/dhav.c): each frame ends in `dhav` and its own length. There is no end mark.
enum DhavStructure {
    static func structure(of bytes: some ByteSource) -> ContainerStructure {
        guard let last = bytes.exactly(8, at: bytes.sizeBytes - 8), last.starts(with: Array("dhav".utf8)) else {
            // Recorders fill their blocks with zeros behind the last frame: only a torn frame is a cut.
            return .cannotTell
        }
        let length = Int64(last[4..<8].littleEndian)
        let start = bytes.exactly(4, at: bytes.sizeBytes - length)
        return start == Array("DHAV".utf8) ? .cannotTell : .cutShort(missingBytes: nil)
    }
}
