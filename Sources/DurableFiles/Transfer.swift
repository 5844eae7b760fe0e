import Glibc
import SystemPackage

/// Whole reads and writes on descriptors: short transfers and interruptions are normal (read(2), write(2)).
enum Transfer {
    static func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(Errno) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress.unsafelyUnwrapped + done, buffer.count - done)
            }
            if count > 0 { done += count }
            // Nothing written and no error: POSIX allows it; to go on would be to turn in a circle.
            if count == 0 { throw .ioError }
            if count < 0, Glibc.errno != EINTR { throw Errno(rawValue: Glibc.errno) }
        }
    }

    /// - Returns: `nil` where there is more than `limit` bytes.
    static func readAll(from descriptor: Int32, atMost limit: Int) throws(Errno) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe Glibc.read(descriptor, buffer.baseAddress.unsafelyUnwrapped + done, buffer.count - done)
            }
            if count == 0 { return Array(bytes[..<done]) }
            if count > 0 { done += count }
            if count < 0, Glibc.errno != EINTR { throw Errno(rawValue: Glibc.errno) }
        }
        return nil
    }

    /// Reads `count` bytes at an offset, without moving the descriptor's own (pread(2)); fewer at the end of the file.
    static func read(_ count: Int, at offset: Int64, from descriptor: Int32) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor, buffer.baseAddress.unsafelyUnwrapped + done, count - done, off_t(offset) + off_t(done))
            }
            if got == 0 { break }
            if got > 0 { done += got }
            if got < 0, Glibc.errno != EINTR { throw Errno(rawValue: Glibc.errno) }
        }
        return Array(bytes[..<done])
    }
}
