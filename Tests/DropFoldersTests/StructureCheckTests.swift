import Domain
import Testing

@testable import DropFolders

/// Bytes of a test, and how they were read.
struct ArrayBytes: ByteSource {
    let bytes: [UInt8]
    var sizeBytes: Int64 { Int64(bytes.count) }

    func read(at offset: Int64, count: Int) -> [UInt8] {
        precondition(offset >= 0 && count <= ByteReading.longestRead)
        guard offset < bytes.count else { return [] }
        return Array(bytes[Int(offset)..<min(Int(offset) + count, bytes.count)])
    }
}

@Suite struct StructureCheckTests {
    private static func big(_ value: Int, _ count: Int = 4) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    private static func little(_ value: Int, _ count: Int = 4) -> [UInt8] { big(value, count).reversed() }
    private static func text(_ text: String) -> [UInt8] { Array(text.utf8) }
    private static func filled(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + 1) } }

    private static func box(_ type: String, _ content: [UInt8]) -> [UInt8] {
        big(content.count + 8) + text(type) + content
    }
    private static let moov = box("moov", box("mvhd", filled(100)))
    private static let mdat = box("mdat", filled(5000))
    private static let largeMdat = big(1) + text("mdat") + big(5016, 8) + filled(5000)
    private static let fragments = box("ftyp", filled(16)) + moov + box("moof", filled(50)) + mdat
    private static let mfra = box("mfra", box("mfro", big(0) + big(24)))

    private static func element(_ id: [UInt8], _ content: [UInt8]) -> [UInt8] {
        id + [0x01] + big(content.count, 7) + content
    }
    private static let ebml = element([0x1A, 0x45, 0xDF, 0xA3], filled(20))
    private static let clusters =
        element([0x16, 0x54, 0xAE, 0x6B], filled(40)) + element([0x1F, 0x43, 0xB6, 0x75], filled(3000))
    private static let matroska = ebml + element([0x18, 0x53, 0x80, 0x67], clusters)

    private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        text(type) + little(content.count) + content + [UInt8](repeating: 0, count: content.count % 2)
    }
    private static let avi = chunk(
        "RIFF",
        text("AVI ") + chunk("LIST", text("hdrl") + filled(60)) + chunk("LIST", text("movi") + filled(2000))
            + chunk("idx1", filled(32)))

    private static func pack(_ kind: UInt8, _ content: [UInt8]) -> [UInt8] {
        MxfStructure.partitionKey + [kind, 0x04, 0x00, 0x83] + big(content.count, 3) + content
    }
    private static func mxf(withRandomIndex: Bool) -> [UInt8] {
        let headerLength = 20 + 64
        let body = [0x06, 0x0E, 0x2B, 0x34] + filled(12) + [0x83] + big(3000, 3) + filled(3000)
        let header = pack(2, filled(24) + big(headerLength + body.count, 8) + filled(32))
        let footer = pack(4, filled(64))
        let index = pack(0x11, filled(24) + big(16 + 4 + 28))
        return header + body + footer + (withRandomIndex ? index : [])
    }

    private static let asf: [UInt8] = {
        let properties: [UInt8] =
            [
                0xA1, 0xDC, 0xAB, 0x8C, 0x47, 0xA9, 0xCF, 0x11, 0x8E, 0xE4, 0x00, 0xC0, 0x0C, 0x20, 0x53, 0x65,
            ] + little(104, 8) + [UInt8](repeating: 2, count: 80)
        let header = AsfStructure.headerObject + little(30 + properties.count, 8) + filled(6) + properties
        let data: [UInt8] = [0x36] + AsfStructure.headerObject.dropFirst()
        return header + data + little(24 + 3000, 8) + filled(3000)
    }()

    private static let flv: [UInt8] = {
        let head = text("FLV") + [1, 5] + big(9) + big(0)
        func tag(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
            [type] + big(content.count, 3) + [UInt8](repeating: 0, count: 7) + content + big(content.count + 11)
        }
        let video = tag(9, filled(3000))
        let emptyScript = tag(18, text("onMetaData") + text("filesize") + [0] + big(0, 8))
        let size = Double(head.count + emptyScript.count + video.count)
        let script = tag(18, text("onMetaData") + text("filesize") + [0] + big(Int(size.bitPattern), 8))
        return head + script + video
    }()

    private static func packets(_ count: Int) -> [UInt8] {
        (0..<count).flatMap { _ -> [UInt8] in [0x47] + filled(187) }
    }

    /// Complete files whose every cut must show.
    static let provable: [(String, [UInt8])] = [
        ("mp4", box("ftyp", filled(16)) + mdat + moov),
        ("mp4, index first", box("ftyp", filled(16)) + moov + box("free", filled(8)) + mdat),
        ("mov without ftyp", box("wide", []) + largeMdat + moov),
        ("fragmented mp4 with index", fragments + mfra),
        ("matroska", matroska), ("avi", avi), ("mxf", mxf(withRandomIndex: true)),
        ("mxf without random index", mxf(withRandomIndex: false)), ("asf", asf), ("flv", flv),
    ]

    @Test(arguments: provable.indices) func completeFilesAreWhole(index: Int) {
        let (name, bytes) = Self.provable[index]
        #expect(StructureCheck.structure(of: ArrayBytes(bytes: bytes)) == .whole, "\(name)")
    }

    @Test(arguments: provable.indices) func noCutFileIsWhole(index: Int) {
        let (name, bytes) = Self.provable[index]
        // An MXF file may do without its random index.
        let withoutIndex = name == "mxf" ? Self.mxf(withRandomIndex: false).count : nil
        for end in 0..<bytes.count where end != withoutIndex {
            let verdict = StructureCheck.structure(of: ArrayBytes(bytes: Array(bytes[..<end])))
            #expect(verdict != .whole, "\(name) cut to \(end)")
            if end > bytes.count / 2, !name.hasPrefix("fragmented"), !name.hasPrefix("avi") {
                guard case .cutShort = verdict else {
                    Issue.record("\(name) cut to \(end): \(verdict)")
                    return
                }
            }
        }
    }

    @Test func cutMediaTellsWhatIsMissing() {
        let bytes = Self.box("ftyp", Self.filled(16)) + Self.moov + Self.mdat
        #expect(
            StructureCheck.structure(of: ArrayBytes(bytes: bytes.dropLast(1234))) == .cutShort(missingBytes: 1234))
    }

    @Test func filesWithoutAnEndMarkCannotTell() {
        let stream = Self.packets(100)
        let blu: [UInt8] = (0..<100).flatMap { _ -> [UInt8] in [1, 2, 3, 4, 0x47] + Self.filled(187) }
        let cases: [[UInt8]] = [
            stream, blu, Self.fragments, [0, 0, 1, 0xBA] + Self.filled(500), Self.filled(4096), [], [0x47],
            Self.ebml + [0x18, 0x53, 0x80, 0x67, 0x01] + [UInt8](repeating: 0xFF, count: 7) + Self.clusters,
            // A camera's trailer behind a complete file.
            Self.box("ftyp", Self.filled(16)) + Self.moov + Self.mdat + [
                0xFF, 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07,
            ],
        ]
        for bytes in cases { #expect(StructureCheck.structure(of: ArrayBytes(bytes: bytes)) == .cannotTell) }
    }

    @Test func unfinishedRecordingsAreCutShort() {
        let cases: [[UInt8]] = [
            Self.box("ftyp", Self.filled(16)) + Self.mdat,
            Self.box("ftyp", Self.filled(16)) + [0, 0, 0, 0] + Self.text("mdat") + Self.filled(500),
            Self.box("ftyp", Self.filled(16)) + [UInt8](repeating: 0, count: 5000),
            Self.text("RIFF") + Self.little(0) + Self.text("AVI ") + Self.filled(500),
            Self.packets(100).dropLast(5),
            Self.packets(10) + [UInt8](repeating: 0, count: 188),
        ]
        for bytes in cases {
            guard case .cutShort = StructureCheck.structure(of: ArrayBytes(bytes: bytes)) else {
                Issue.record("\(bytes.prefix(24))")
                continue
            }
        }
    }

    @Test func transportStreamIsCutShortOnlyWhereItsEndIsAlignedToo() {
        for cut in 1..<188 {
            let verdict = StructureCheck.structure(of: ArrayBytes(bytes: Self.packets(100).dropLast(cut)))
            #expect(verdict == .cutShort(missingBytes: Int64(cut)))
        }
        let trailer = Self.packets(100) + Self.filled(100)
        #expect(StructureCheck.structure(of: ArrayBytes(bytes: trailer)) == .cannotTell)
    }

    @Test func programStreamWithItsEndCodeIsWhole() {
        let bytes: [UInt8] = [0, 0, 1, 0xBA] + Self.filled(500) + [0, 0, 1, 0xB9]
        #expect(StructureCheck.structure(of: ArrayBytes(bytes: bytes)) == .whole)
    }

    /// Files of nothing but small boxes, more than a check follows.
    @Test func filesOfCountlessBoxesAreNotReadWithoutEnd() {
        func many(_ bytes: [UInt8]) -> [UInt8] { (0..<2 * ByteReading.mostBoxes).flatMap { _ in bytes } }
        let large = Self.big(1) + Self.text("mdat") + Self.big(24, 8) + Self.filled(8)
        let lists = many(Self.chunk("LIST", Self.text("hdrl") + Self.filled(40)))
        let object = AsfStructure.headerObject + Self.little(24, 8)
        let cases: [[UInt8]] = [
            Self.box("ftyp", Self.filled(16)) + Self.moov + many(Self.box("mdat", Self.filled(8))),
            Self.box("ftyp", Self.filled(16)) + many(large), many(Self.box("moov", Self.filled(8))),
            many(Self.box("moof", Self.filled(8))) + Self.mfra,
            Self.ebml + Self.element([0x18, 0x53, 0x80, 0x67], many([0x1F, 0x43, 0xB6, 0x75, 0x81, 0x00])),
            Self.chunk("RIFF", Self.text("AVI ") + lists),
            many(Self.chunk("RIFF", Self.text("AVI ") + Self.chunk("idx1", Self.filled(8)))),
            Self.pack(2, Self.filled(24) + Self.big(84, 8) + Self.filled(32)) + many(Self.pack(4, Self.filled(8))),
            Self.asf + many(object),
        ]
        for bytes in cases {
            let counting = CountingBytes(base: ArrayBytes(bytes: bytes))
            #expect(StructureCheck.structure(of: counting) != .whole)
            #expect(counting.isWithinLimits, "\(bytes.prefix(16)): \(counting.reads) reads, \(counting.count) bytes")
        }
    }

    /// Seeded, so that a failure can be repeated; the fuzzer in Tests/Fuzz looks further.
    @Test(arguments: 0..<8) func hostileBytesNeverTrapNorReadWithoutEnd(seed: Int) {
        var random = SeededNumbers(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1)
        let extremes: [UInt8] = [0x00, 0x01, 0x7F, 0x80, 0xFF]
        for _ in 0..<100 {
            for (name, bytes) in Self.provable {
                var mutated = bytes
                for _ in 0..<Int.random(in: 1...8, using: &random) {
                    // Sizes stand near the start: that is where changes hurt.
                    let reach = Bool.random(using: &random) ? mutated.count : min(160, mutated.count)
                    let place = Int.random(in: 0..<reach, using: &random)
                    let run = min(Int.random(in: 1...9, using: &random), mutated.count - place)
                    let byte = extremes.randomElement(using: &random) ?? 0
                    for index in place..<place + run { mutated[index] = byte }
                }
                if Bool.random(using: &random) { mutated.removeLast(Int.random(in: 0..<mutated.count, using: &random)) }
                let counting = CountingBytes(base: ArrayBytes(bytes: mutated))
                _ = StructureCheck.structure(of: counting)
                #expect(counting.isWithinLimits, "\(name), seed \(seed)")
            }
        }
    }
}

/// Counts reads, and the bytes that they ask for.
private final class CountingBytes: ByteSource {
    private let base: ArrayBytes
    private(set) var reads = 0
    private(set) var count = 0
    var isWithinLimits: Bool { reads <= ByteReading.mostReads && count <= ByteReading.mostBytes }
    var sizeBytes: Int64 { base.sizeBytes }

    init(base: ArrayBytes) { self.base = base }

    func read(at offset: Int64, count: Int) -> [UInt8] {
        reads += 1
        self.count += count
        return base.read(at: offset, count: count)
    }
}

/// xorshift64 (Marsaglia, "Xorshift RNGs", 2003).
struct SeededNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
