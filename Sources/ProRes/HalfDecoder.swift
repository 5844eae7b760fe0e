// UNSAFE: `Span.bytes` gives up what the elements' type says of them; they are bytes.

/// Decodes progressive ProRes pictures at half their width and height, as 8-bit samples: less work than a whole picture,
/// and scaled already.
///
/// Bounds are checked at each access: whatever a frame claims, nothing outside it is read, and nothing outside the
/// planes is written.
public struct HalfDecoder {
    /// One plane of samples.
    public struct Plane {
        /// Four samples in each, the first one in the lowest byte of its memory. Lines from top to bottom; some samples at the
        /// right and some lines below are beyond the picture.
        public fileprivate(set) var quartets: [UInt32]
        /// Quartets of a line.
        public let stride: Int
    }

    /// Of whole pictures.
    private let width: Int
    private let height: Int
    private let columns: Int
    private let rows: Int

    /// Whether a line of the last picture has as many samples of chroma as of luma, and not half as many.
    public private(set) var hasFullChroma = false
    public private(set) var colors: FrameColors?
    /// Luma, blue and red difference of the last picture.
    public private(set) var planes: [Plane] = []

    /// - Parameters:
    ///   - width: of whole pictures, in samples.
    ///   - height: the same.
    /// - Returns: `nil` where half a picture would have no whole number of samples.
    public init?(width: Int, height: Int) {
        guard width > 0, height > 0, width % 4 == 0, height % 2 == 0, width <= 65535, height <= 65535 else {
            return nil
        }
        self.width = width
        self.height = height
        columns = (width + 15) / 16
        rows = (height + 15) / 16
    }

    /// Decodes one compressed frame into `planes`. Alpha is left out.
    /// - Returns: false where the frame is damaged, of another size, or of a kind that is left to other decoders:
    ///   interlaced, or with weights of which there are two readings. Damage of the frequencies that are left out is not seen.
    public mutating func decode(_ frame: Span<UInt8>) -> Bool {
        guard let header = FrameHeader.read(frame), header.isProgressive, header.width == width,
            header.height == height,
            let slices = Slice.read(frame, pictureAt: header.end, columns: columns, rows: rows)
        else { return false }
        if planes.isEmpty || hasFullChroma != header.hasFullChroma {
            hasFullChroma = header.hasFullChroma
            planes = [2, hasFullChroma ? 2 : 1, hasFullChroma ? 2 : 1].map { quartets in
                let stride = columns * quartets
                return Plane(quartets: [UInt32](repeating: 0, count: stride * rows * 8), stride: stride)
            }
        }
        colors = header.colors
        var reader = CoefficientReader()
        for slice in slices {
            let luma = HalfTransform(matrix: header.lumaMatrix, scale: slice.scale)
            let chroma = HalfTransform(matrix: header.chromaMatrix, scale: slice.scale)
            for index in 0..<3 {
                let layout: Layout = index == 0 ? .luma : hasFullChroma ? .fullChroma : .halfChroma
                let bytes = unsafe frame.extracting(slice.planes[index]).bytes
                guard reader.read(bytes, blocks: slice.width * layout.blocks) else { return false }
                HalfDecoder.put(
                    reader.coefficients.span, of: slice, layout, index == 0 ? luma : chroma, into: &planes[index])
            }
        }
        return true
    }

    /// How the blocks of a macroblock follow each other (RDD 36, macroblock structure).
    private enum Layout {
        /// Above left, above right, below left, below right.
        case luma
        /// Above, below.
        case halfChroma
        /// Above left, below left, above right, below right.
        case fullChroma

        /// Of a macroblock.
        var blocks: Int { self == .halfChroma ? 2 : 4 }

        /// Where a block lies in its slice, in blocks.
        @inline(__always)
        func place(of block: Int) -> (column: Int, row: Int) {
            switch self {
            case .luma: (block &>> 2 &* 2 &+ block & 1, block &>> 1 & 1)
            case .halfChroma, .fullChroma: (block &>> 1, block & 1)
            }
        }
    }

    /// Static, for as a method of `self` it would work on a copy of the plane.
    private static func put(
        _ coefficients: Span<Int16>, of slice: Slice, _ layout: Layout, _ transform: HalfTransform,
        into plane: inout Plane
    ) {
        let blocks = slice.width * layout.blocks
        let stride = plane.stride
        let left = slice.column * (layout == .halfChroma ? 1 : 2)
        let top = slice.row * 8
        var quartets = plane.quartets.mutableSpan
        for first in Swift.stride(from: 0, to: blocks, by: 4) {
            // Where a slice has two blocks only, the others of the four are the next coefficients: samples that nobody takes.
            let lines = transform.samples(coefficients, first: first, blocks: blocks)
            for block in 0..<min(4, blocks) {
                let place = layout.place(of: first &+ block)
                var at = (top &+ 4 &* place.row) &* stride &+ left &+ place.column
                for line in 0..<4 {
                    quartets[at] = lines[line][block].littleEndian
                    at &+= stride
                }
            }
        }
    }
}
