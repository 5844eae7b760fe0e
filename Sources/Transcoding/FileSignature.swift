import LibAV
import SystemPackage

/// What the first bytes and the top-level boxes of a file say, independently of libav: only used to explain why libav
/// could not open it, and to see where a proxy has its index.
struct FileSignature {
    private(set) var size: Int64 = 0
    /// Major brand of an ISO base media file (ISO/IEC 14496-12, `ftyp`).
    private(set) var brand: String?
    /// Types of the top-level boxes in order; empty where the file is no sequence of boxes.
    private(set) var boxes: [String] = []
    /// A top-level box ends after the end of the file.
    private(set) var isCutShort = false
    /// The media data (`mdat`) ends after the end of the file: samples are missing, whatever else can be decoded.
    var isMediaCutShort: Bool { isCutShort && boxes.last == "mdat" }

    private static let maximumBoxes = 256
    private static let knownBoxes: Set<String> = [
        "ftyp", "moov", "mdat", "free", "skip", "wide", "uuid", "moof", "mfra", "sidx", "styp", "meta", "pnot", "pdin",
        "emsg", "ssix", "prft", "junk", "PICT", "imda",
    ]
    private static let stillBrands: Set<String> = [
        "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1", "avif", "avis", "crx ", "jxl ",
    ]

    init(of descriptor: FileDescriptor) {
        // No size: an unreadable file explains itself when libav reads it.
        size = (try? FileBytes.size(of: descriptor)) ?? 0
        readBoxes(descriptor)
    }

    /// Whether the file begins like an MP4 or QuickTime file.
    var isBoxed: Bool { boxes.first.map { $0 == "ftyp" || $0 == "moov" || $0 == "mdat" || $0 == "wide" } ?? false }
    /// HEIF and AVIF pictures and Canon's raw pictures, which share the box structure. `msf1`, `hevc` and `avis` are
    /// image sequences, which cameras write for bursts of stills.
    var isStillImage: Bool { brand.map(FileSignature.stillBrands.contains) ?? false }
    var hasIndex: Bool { boxes.contains("moov") }
    /// The index comes before the data, so that playing can begin before the whole file was read.
    var hasIndexInFront: Bool {
        guard let index = boxes.firstIndex(of: "moov"), let data = boxes.firstIndex(of: "mdat") else { return false }
        return index < data
    }

    private mutating func readBoxes(_ descriptor: FileDescriptor) {
        var offset: Int64 = 0
        while offset < size, boxes.count < FileSignature.maximumBoxes {
            let header = FileSignature.read(descriptor, at: offset, count: 16)
            guard header.count >= 8 else {
                isCutShort = !boxes.isEmpty
                return
            }
            let type = String(decoding: header[4..<8], as: UTF8.self)
            // An unknown type after known boxes may be anything; at the start it means that this is no such file.
            guard FileSignature.knownBoxes.contains(type) || !boxes.isEmpty else { return }
            boxes.append(type)
            if type == "ftyp", header.count >= 12 { brand = String(decoding: header[8..<12], as: UTF8.self) }
            var length = FileSignature.number(header[0..<4])
            if length == 1, header.count == 16 { length = FileSignature.number(header[8..<16]) }
            if length == 0 { return }  // To the end of the file.
            guard length >= 8, length <= size - offset else {
                isCutShort = true
                return
            }
            offset += length
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> Int64 {
        Int64(clamping: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    private static func read(_ descriptor: FileDescriptor, at offset: Int64, count: Int) -> [UInt8] {
        // Nothing: an unreadable file explains itself when libav reads it.
        (try? FileBytes.read(descriptor, at: offset, count: count)) ?? []
    }
}
