import LibAV

/// Reads from packets' headers what other pictures need of theirs.
///
/// libavformat 5.1 flags packets as disposable (`AV_PKT_FLAG_DISPOSABLE`) only where an MP4 has a `sdtp` box, which
/// hardly any has. The headers always say it.
final class PictureNeedsReader {
    private final class Parser {
        let parser: PictureParser
        init(_ parser: consuming PictureParser) { self.parser = parser }
    }

    private enum Method {
        case h264(NALFraming, Parser)
        case hevc(NALFraming)
        case startCode(Parser, pictureCode: UInt8)
        case mpeg4
        case jpeg
        case alone
    }

    private let method: Method
    /// The highest `TemporalId` that HEVC's sequence parameter sets announce; `nil` while none was seen.
    private var highestSubLayer: UInt8?
    private var usesOwnHuffmanTables: Bool?

    /// A packet used headers that an earlier one may have carried, which may have been left out.
    private(set) var needsEarlierHeaders = false

    /// - Returns: `nil` where it is not known of the stream's codec which packets may be left out.
    init?(_ container: borrowing InputContainer, _ stream: StreamInfo) {
        let configuration = container.codecConfiguration(ofStream: stream.index)
        guard let method = PictureNeedsReader.method(container, stream, configuration) else { return nil }
        self.method = method
        if case .hevc = method { readSequenceHeaders(configuration) }
    }

    private static func method(
        _ container: borrowing InputContainer, _ stream: StreamInfo, _ configuration: [UInt8]
    ) -> Method? {
        switch stream.codecName {
        // Codecs whose pictures stand alone with all that their decoding needs. Not those that libavcodec calls
        // intra-only but that keep something from packet to packet (rawvideo's palette, CineForm's pairs).
        case "prores", "dnxhd", "dvvideo", "jpeg2000", "v210": return .alone
        case "mjpeg": return .jpeg
        case "mpeg4": return .mpeg4
        case "hevc":
            return NALFraming(configuration: configuration, lengthByte: 21).map { .hevc($0) }
        case "h264":
            guard let parser = parser(container, stream) else { return nil }
            return NALFraming(configuration: configuration, lengthByte: 4).map { .h264($0, parser) }
        case "mpeg1video", "mpeg2video": return parser(container, stream).map { .startCode($0, pictureCode: 0x00) }
        case "vc1": return parser(container, stream).map { .startCode($0, pictureCode: 0x0D) }
        default: return nil
        }
    }

    private static func parser(_ container: borrowing InputContainer, _ stream: StreamInfo) -> Parser? {
        do throws(LibAVError) {
            guard let parser = try container.openPictureParser(forStream: stream.index) else { return nil }
            return Parser(parser)
        } catch {
            // Without it every packet is decoded: slower, and nothing else.
            return nil
        }
    }

    /// Packets must come in decoding order.
    func read(_ packet: borrowing Packet) -> PictureNeeds {
        switch method {
        case .alone: .alone
        case .h264(let framing, let parser):
            readH264(packet, framing, isField: parser.parser.header(of: packet).isField)
        case .hevc(let framing): packet.withBytes { readHEVC($0, framing) }
        case .startCode(let parser, let code):
            readMPEG(packet, pictureCode: code, isBidirectional: parser.parser.header(of: packet).isBidirectional)
        case .mpeg4: packet.withBytes { PictureNeedsReader.readMPEG4($0) }
        case .jpeg: packet.withBytes { readJPEG($0) }
        }
    }

    /// ITU-T H.264, 7.3.1 and table 7-1. The fields of a picture that is coded as two need each other.
    private func readH264(_ packet: borrowing Packet, _ framing: NALFraming, isField: Bool) -> PictureNeeds {
        packet.withBytes { bytes in
            var needs = PictureNeeds(isReference: isField, carriesHeaders: false, isBarrier: true)
            var slices = 0
            let isWhole = framing.forEachUnit(in: bytes) { unit in
                let header = bytes[unit.lowerBound]
                switch header & 0x1F {
                case 1, 5:
                    slices += 1
                    if header & 0x60 != 0 { needs.isReference = true }
                    if header & 0x1F != 5 { needs.isBarrier = false }
                case 6, 9, 12: break  // Supplemental information, delimiter, filler.
                default: needs.carriesHeaders = true
                }
                if header & 0x80 != 0 { needs = .unknown }
            }
            return isWhole && slices > 0 ? needs : .unknown
        }
    }

    /// ITU-T H.265, 7.3.1 and table 7-1: a sub-layer non-reference picture of the highest sub-layer.
    private func readHEVC(_ bytes: Span<UInt8>, _ framing: NALFraming) -> PictureNeeds {
        var needs = PictureNeeds(isReference: false, carriesHeaders: false, isBarrier: true)
        var slices = 0
        let isWhole = framing.forEachUnit(in: bytes) { unit in
            guard unit.count > 2 else {
                needs.carriesHeaders = true
                return
            }
            let type = bytes[unit.lowerBound] >> 1 & 0x3F
            let layer = (bytes[unit.lowerBound] & 1) << 5 | bytes[unit.lowerBound + 1] >> 3
            let subLayer = Int(bytes[unit.lowerBound + 1] & 7) - 1
            switch type {
            case 0..<32:
                slices += 1
                let isUnneeded = type <= 14 && type % 2 == 0 && highestSubLayer.map { subLayer >= Int($0) } ?? false
                if !isUnneeded || layer > 0 { needs.isReference = true }
                if type != 19 && type != 20 { needs.isBarrier = false }
            case 33:
                noteSequenceHeader(bytes[unit.lowerBound + 2])
                needs.carriesHeaders = true
            case 35, 38, 39, 40: break  // Delimiter, filler, supplemental information.
            default: needs.carriesHeaders = true
            }
            if bytes[unit.lowerBound] & 0x80 != 0 { needs = .unknown }
        }
        return isWhole && slices > 0 ? needs : .unknown
    }

    /// The sequence parameter sets in `hvcC` (ISO/IEC 14496-15, 8.3.3.1) or in annex B's format.
    private func readSequenceHeaders(_ configuration: [UInt8]) {
        if configuration.first == 1, configuration.count > 22 {
            var position = 23
            for _ in 0..<configuration[22] {
                guard position + 3 <= configuration.count else { return }
                let type = configuration[position] & 0x3F
                let units = Int(configuration[position + 1]) << 8 | Int(configuration[position + 2])
                position += 3
                for _ in 0..<units {
                    guard position + 2 <= configuration.count else { return }
                    let length = Int(configuration[position]) << 8 | Int(configuration[position + 1])
                    position += 2
                    guard position + length <= configuration.count else { return }
                    if type == 33, length > 2 { noteSequenceHeader(configuration[position + 2]) }
                    position += length
                }
            }
        } else if configuration.starts(with: [0, 0]) {
            _ = readHEVC(configuration.span, .startCodes)
        }
    }

    /// - Parameter byte: `sps_video_parameter_set_id`, `sps_max_sub_layers_minus1`, `sps_temporal_id_nesting_flag`.
    private func noteSequenceHeader(_ byte: UInt8) { highestSubLayer = max(highestSubLayer ?? 0, byte >> 1 & 7) }

    /// ISO/IEC 13818-2, 6.2.3, and SMPTE 421M, annex E: no picture is predicted from a B picture. A packet may begin
    /// with headers of the sequence.
    private func readMPEG(_ packet: borrowing Packet, pictureCode: UInt8, isBidirectional: Bool) -> PictureNeeds {
        guard isBidirectional else { return .unknown }
        return packet.withBytes { bytes in
            // VC-1 in some containers leaves the first start code out.
            guard let end = bytes.endOfStartCode(from: 0), end == 3 else {
                let isBare = pictureCode == 0x0D && bytes.endOfStartCode(from: 0) == nil
                return PictureNeeds(isReference: !isBare, carriesHeaders: !isBare, isBarrier: false)
            }
            let isPicture = end < bytes.count && bytes[end] == pictureCode
            return PictureNeeds(isReference: false, carriesHeaders: !isPicture, isBarrier: false)
        }
    }

    /// ISO/IEC 14496-2, 6.2.5: exactly one picture, a B-VOP. (Files of DivX pack two into one packet.)
    private static func readMPEG4(_ bytes: Span<UInt8>) -> PictureNeeds {
        guard let end = bytes.endOfStartCode(from: 0), end == 3, bytes.count > 4, bytes[3] == 0xB6, bytes[4] >> 6 == 2,
            bytes.endOfStartCode(from: 4) == nil
        else { return .unknown }
        return PictureNeeds(isReference: false, carriesHeaders: false, isBarrier: false)
    }

    /// ITU-T T.81, B.2: a picture stands alone where it brings its quantization tables, and its Huffman tables or, like
    /// all others, none (those of annex K then). The decoder would keep an earlier picture's tables.
    private func readJPEG(_ bytes: Span<UInt8>) -> PictureNeeds {
        var position = 2
        var hasQuantization = false
        var hasHuffman = false
        while position + 4 <= bytes.count, bytes[position] == 0xFF, bytes[position + 1] != 0xDA {
            if bytes[position + 1] == 0xDB { hasQuantization = true }
            if bytes[position + 1] == 0xC4 { hasHuffman = true }
            position += 2 + (Int(bytes[position + 2]) << 8 | Int(bytes[position + 3]))
        }
        let isUsual = usesOwnHuffmanTables == nil || usesOwnHuffmanTables == hasHuffman
        usesOwnHuffmanTables = usesOwnHuffmanTables ?? hasHuffman
        guard hasQuantization, isUsual else {
            needsEarlierHeaders = true
            return .unknown
        }
        return .alone
    }
}
