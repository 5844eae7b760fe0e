internal import CLibAV

/// A running SHA-256 (`av_sha_init` with 256 bits). Owns its context.
@safe
public struct SHA256Digest: ~Copyable {
    private let context: OpaquePointer

    public static func start() throws(LibAVError) -> SHA256Digest {
        let context = unsafe try allocated(av_sha_alloc(), "av_sha_alloc")
        unsafe av_sha_init(context, 256)
        return unsafe SHA256Digest(context: context)
    }

    deinit { unsafe av_free(UnsafeMutableRawPointer(context)) }

    public func update(_ bytes: ArraySlice<UInt8>) {
        unsafe bytes.withUnsafeBufferPointer { unsafe av_sha_update(context, $0.baseAddress, $0.count) }
    }

    /// Adds the samples of an 8-bit 4:2:0 picture, plane by plane and without padding.
    public func update(picture frame: borrowing Frame) {
        let planes = unsafe [
            frame.pointer.pointee.data.0, frame.pointer.pointee.data.1, frame.pointer.pointee.data.2,
        ]
        let strides = unsafe [
            frame.pointer.pointee.linesize.0, frame.pointer.pointee.linesize.1, frame.pointer.pointee.linesize.2,
        ]
        for plane in 0..<3 {
            guard let start = unsafe planes[plane] else { continue }
            let width = plane == 0 ? frame.width : (frame.width + 1) / 2
            let height = plane == 0 ? frame.height : (frame.height + 1) / 2
            for row in 0..<height { unsafe av_sha_update(context, start + row * Int(strides[plane]), width) }
        }
    }

    /// The digest in lower-case hexadecimal. Nothing can be added afterwards.
    public consuming func finish() -> String {
        var digest = [UInt8](repeating: 0, count: 32)
        unsafe av_sha_final(context, &digest)
        return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
