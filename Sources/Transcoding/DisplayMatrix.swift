/// The transformation matrix of a track header (ISO/IEC 14496-12 §6.2.2).
enum DisplayMatrix {
    /// The same transformation for pictures of another size: only the shift, cells 6 and 7, is in pixels.
    static func scaled(_ matrix: [Int32], by factor: Double) -> [Int32] {
        guard matrix.count == 9, factor.isFinite else { return matrix }
        var scaled = matrix
        for cell in [6, 7] { scaled[cell] = Int32(clamping: Int64((Double(matrix[cell]) * factor).rounded())) }
        return scaled
    }
}
