internal import CLibAV
import Glibc

/// Owns an `AVIOContext` over a `FileIO`, its buffer, and one reference to the `FileIO`.
@safe
struct IOContext: ~Copyable {
    let pointer: UnsafeMutablePointer<AVIOContext>
    let file: FileIO

    static func open(_ file: FileIO, writable: Bool) throws(LibAVError) -> IOContext {
        let pointer = unsafe try allocated(makeContext(for: file, writable: writable), "avio_alloc_context")
        return unsafe IOContext(pointer: pointer, file: file)
    }

    deinit { unsafe IOContext.free(pointer) }

    private static let bufferBytes: Int32 = 256 * 1024

    /// A context that holds a reference to `file`, to be given to `free`; `nil` when memory is short.
    static func makeContext(for file: FileIO, writable: Bool) -> UnsafeMutablePointer<AVIOContext>? {
        guard let buffer = unsafe av_malloc(Int(bufferBytes)) else { return nil }
        let opaque = unsafe Unmanaged.passRetained(file).toOpaque()
        let bytes = unsafe buffer.assumingMemoryBound(to: UInt8.self)
        let context = unsafe clibav_io_alloc(
            bytes, bufferBytes, writable ? 1 : 0, opaque, readBytes, writeBytes, seekBytes)
        if unsafe context == nil {
            unsafe av_free(buffer)
            unsafe Unmanaged<FileIO>.fromOpaque(opaque).release()
        }
        return unsafe context
    }

    /// Frees what `makeContext` made. libav may have replaced the buffer, so the current one is freed (avio.h).
    static func free(_ context: UnsafeMutablePointer<AVIOContext>) {
        if let opaque = unsafe context.pointee.opaque { unsafe Unmanaged<FileIO>.fromOpaque(opaque).release() }
        unsafe av_free(context.pointee.buffer)
        unsafe context.pointee.buffer = nil
        var gone: UnsafeMutablePointer<AVIOContext>? = unsafe context
        unsafe avio_context_free(&gone)
    }
}

private func readBytes(_ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int32)
    -> Int32
{
    guard let opaque = unsafe opaque, let buffer = unsafe buffer else { return clibav_error(EINVAL) }
    return unsafe Unmanaged<FileIO>.fromOpaque(opaque).takeUnretainedValue().read(into: buffer, count: count)
}

private func writeBytes(_ opaque: UnsafeMutableRawPointer?, _ buffer: UnsafePointer<UInt8>?, _ count: Int32) -> Int32 {
    guard let opaque = unsafe opaque, let buffer = unsafe buffer else { return clibav_error(EINVAL) }
    return unsafe Unmanaged<FileIO>.fromOpaque(opaque).takeUnretainedValue().write(buffer, count: count)
}

private func seekBytes(_ opaque: UnsafeMutableRawPointer?, _ offset: Int64, _ whence: Int32) -> Int64 {
    guard let opaque = unsafe opaque else { return Int64(clibav_error(EINVAL)) }
    return unsafe Unmanaged<FileIO>.fromOpaque(opaque).takeUnretainedValue().seek(to: offset, whence: whence)
}
