import Testing

@testable import ProRes

@Suite struct HalfDecoderTests {
    private func decoded(_ writer: FrameWriter) throws -> HalfDecoder {
        var decoder = try #require(HalfDecoder(width: writer.width, height: writer.height))
        #expect(takes(writer.frame(), &decoder))
        return decoder
    }

    private func takes(_ frame: [UInt8], _ decoder: inout HalfDecoder) -> Bool { decoder.decode(frame.span) }

    /// With a scale of 32 and weights of 4, a mean of n lies n above the middle of 8 bits.
    @Test(arguments: [false, true], [0, 1, 2, 3])
    func eachBlockHasItsPlace(hasFullChroma: Bool, sliceWidth: Int) throws {
        // Slices of 8, 4, 2 and 1 macroblocks; the last row and column lie partly outside.
        var writer = FrameWriter(width: 15 * 16 - 4, height: 40)
        writer.hasFullChroma = hasFullChroma
        writer.sliceWidth = sliceWidth
        let mean = { (plane: Int, x: Int, y: Int) in (x * 7 + y * 31 + plane * 50) % 200 - 100 }
        writer.block = { plane, column, row, index in
            let (x, y) =
                plane == 0
                ? (2 * column + index % 2, 2 * row + index / 2)
                : hasFullChroma ? (2 * column + index / 2, 2 * row + index % 2) : (column, 2 * row + index)
            return [mean(plane, x, y)]
        }
        let decoder = try decoded(writer)
        #expect(decoder.hasFullChroma == hasFullChroma)
        #expect(decoder.planes.count == 3)
        for (plane, content) in decoder.planes.enumerated() {
            let width = plane == 0 || hasFullChroma ? writer.width / 2 : writer.width / 4
            for y in 0..<writer.height / 2 {
                for x in 0..<width {
                    #expect(content.sample(x, y) == 128 + mean(plane, x / 4, y / 4))
                }
            }
        }
    }

    /// The samples are those of the cosine transform by its definition, of the lowest 4×4 frequencies.
    @Test func samplesAreThoseOfTheTransform() throws {
        var writer = FrameWriter()
        writer.matrices = [(0..<64).map { UInt8(4 + $0 / 4) }, (0..<64).map { UInt8(6 + $0 % 8) }]
        writer.matrixFlags = 3
        writer.scale = 3
        let values = { (plane: Int, column: Int, index: Int) in
            (0..<64).map { ($0 * 29 + index * 11 + column * 5 + plane * 3) % 41 - 20 }
        }
        writer.block = { plane, column, _, index in values(plane, column, index) }
        let decoder = try decoded(writer)
        let scan = [0, 1, 8, 9, 2, 3, 10, 11, 16, 17, 24, 25, 18, 19, 26, 27]
        for block in 0..<8 {
            let coefficients = values(0, block / 4, block % 4)
            var table = [Double](repeating: 0, count: 16)
            for (place, at) in scan.enumerated() {
                let weight = Double(writer.matrices[0][at]) * 3 / 8
                table[at / 8 * 4 + at % 8] = Double(coefficients[place]) * weight / 2
            }
            for y in 0..<4 {
                for x in 0..<4 {
                    var sum = 0.0
                    for at in 0..<16 {
                        let (row, column) = (at / 4, at % 4)
                        sum += table[at] * cosine(y, row) * cosine(x, column)
                    }
                    let expected = min(max((sum / 2 + 128).rounded(), 1), 254)
                    let left = 8 * (block / 4) + 4 * (block % 2) + x
                    let found = decoder.planes[0].sample(left, 4 * (block % 4 / 2) + y)
                    #expect(abs(Double(found) - expected) <= 1)
                }
            }
        }
    }

    /// Of the orthonormal transform of four points.
    private func cosine(_ sample: Int, _ frequency: Int) -> Double {
        // cos(k · π/8) for k of 0 to 15.
        let quarter = [1, 0.923_879_532_5, 0.707_106_781_2, 0.382_683_432_4, 0]
        let k = (2 * sample + 1) * frequency % 16
        let value = k <= 4 ? quarter[k] : k <= 8 ? -quarter[8 - k] : k <= 12 ? -quarter[k - 8] : quarter[16 - k]
        return value * (frequency == 0 ? 0.5 : 0.5.squareRoot())
    }

    @Test func samplesStayWithinTheirRange() throws {
        for (mean, expected) in [(3000, 254), (-3000, 1)] {
            var writer = FrameWriter()
            writer.block = { _, _, _, _ in [mean, mean, mean] }
            writer.scale = 224
            let plane = try decoded(writer).planes[0]
            let found = Set((0..<16 * 8).map { plane.sample($0 % 16, $0 / 16) })
            #expect(found.contains(expected))
            #expect(!found.contains(0) && !found.contains(255))
        }
    }

    @Test func colorsAreTheHeaders() throws {
        let decoder = try decoded(FrameWriter())
        let colors = try #require(decoder.colors)
        #expect([colors.primaries, colors.transfer, colors.matrix] == [1, 2, 6])
    }

    @Test func unusualKindsAreLeftToOthers() throws {
        var writers = [FrameWriter](repeating: FrameWriter(), count: 5)
        writers[0].fields = 1
        writers[1].version = 2
        writers[2].height = 32
        writers[3].matrices = [[UInt8](repeating: 5, count: 64)]
        writers[3].matrixFlags = 2
        writers[4].matrixFlags = 3
        for writer in writers {
            var decoder = try #require(HalfDecoder(width: 32, height: 16))
            #expect(!takes(writer.frame(), &decoder))
        }
        #expect(HalfDecoder(width: 30, height: 16) == nil)
        #expect(HalfDecoder(width: 32, height: 15) == nil)
        #expect(HalfDecoder(width: 0, height: 0) == nil)
    }

    /// Whatever a frame claims, nothing traps; cut off, it is refused.
    @Test func damagedFramesAreHarmless() throws {
        var writer = FrameWriter(width: 96, height: 48)
        writer.sliceWidth = 2
        writer.block = { plane, column, row, index in
            (0..<64).map { ($0 * 37 + plane * 5 + column * 3 + row * 7 + index * 11) % 23 - 11 }
        }
        let frame = writer.frame()
        var decoder = try #require(HalfDecoder(width: 96, height: 48))
        #expect(takes(frame, &decoder))
        for count in 0..<frame.count { #expect(!takes(Array(frame.prefix(count)), &decoder)) }
        var random = SplitMix(state: 7)
        var accepted = 0
        for _ in 0..<4000 {
            var bytes = frame
            for _ in 0...random.next(below: 6) {
                bytes[random.next(below: bytes.count)] = UInt8(random.next(below: 256))
            }
            if takes(bytes, &decoder) { accepted += 1 }
        }
        #expect(accepted > 100 && accepted < 4000)
    }
}

extension HalfDecoder.Plane {
    fileprivate func sample(_ x: Int, _ y: Int) -> Int {
        Int(UInt32(littleEndian: quartets[y * stride + x / 4]) >> UInt32(8 * (x % 4)) & 255)
    }
}

/// Steele, Lea and Flood's SplitMix.
struct SplitMix {
    var state: UInt64

    mutating func next(below limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ z >> 31) % UInt64(limit))
    }
}
