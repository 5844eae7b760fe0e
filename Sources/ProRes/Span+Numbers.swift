/// Numbers in a compressed frame, most significant byte first; `nil` beyond its end.
extension Span<UInt8> {
    func byte(at offset: Int) -> Int? { offset >= 0 && offset < count ? Int(self[offset]) : nil }

    func word16(at offset: Int) -> Int? {
        guard let high = byte(at: offset), let low = byte(at: offset + 1) else { return nil }
        return high << 8 | low
    }

    func word32(at offset: Int) -> Int? {
        guard let high = word16(at: offset), let low = word16(at: offset + 2) else { return nil }
        return high << 16 | low
    }
}
