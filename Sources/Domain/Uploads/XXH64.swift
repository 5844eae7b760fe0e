/// XXH64 (the xxHash specification, version 0.1.1, "XXH64 algorithm"), seed 0. Fast and not cryptographic: for telling
/// whether a file is still the one that it was, where nobody gains anything by a collision.
enum XXH64 {
    static func hash(_ bytes: [UInt8]) -> UInt64 {
        var index = 0
        var hash: UInt64
        if bytes.count >= 32 {
            var lanes = [prime1 &+ prime2, prime2, 0, 0 &- prime1]
            while index + 32 <= bytes.count {
                for lane in 0..<4 { lanes[lane] = round(lanes[lane], word(bytes, index + 8 * lane)) }
                index += 32
            }
            hash = rotated(lanes[0], 1) &+ rotated(lanes[1], 7) &+ rotated(lanes[2], 12) &+ rotated(lanes[3], 18)
            for lane in lanes { hash = (hash ^ round(0, lane)) &* prime1 &+ prime4 }
        } else {
            hash = prime5
        }
        hash &+= UInt64(bytes.count)
        return avalanche(remainder(hash, bytes, from: index))
    }

    private static func remainder(_ start: UInt64, _ bytes: [UInt8], from first: Int) -> UInt64 {
        var (hash, index) = (start, first)
        while index + 8 <= bytes.count {
            hash = rotated(hash ^ round(0, word(bytes, index)), 27) &* prime1 &+ prime4
            index += 8
        }
        if index + 4 <= bytes.count {
            hash = rotated(hash ^ (little(bytes, index, 4) &* prime1), 23) &* prime2 &+ prime3
            index += 4
        }
        while index < bytes.count {
            hash = rotated(hash ^ (UInt64(bytes[index]) &* prime5), 11) &* prime1
            index += 1
        }
        return hash
    }

    private static func avalanche(_ value: UInt64) -> UInt64 {
        var hash = (value ^ value >> 33) &* prime2
        hash = (hash ^ hash >> 29) &* prime3
        return hash ^ hash >> 32
    }

    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotated(lane &+ word &* prime2, 31) &* prime1
    }

    private static func rotated(_ word: UInt64, _ count: UInt64) -> UInt64 { word << count | word >> (64 - count) }

    private static func word(_ bytes: [UInt8], _ index: Int) -> UInt64 { little(bytes, index, 8) }

    /// `count` bytes as a little-endian number.
    private static func little(_ bytes: [UInt8], _ index: Int, _ count: Int) -> UInt64 {
        var value: UInt64 = 0
        var position = index + count
        while position > index {
            position -= 1
            value = value << 8 | UInt64(bytes[position])
        }
        return value
    }

    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5
}
