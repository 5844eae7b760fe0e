internal import CLibAV
internal import CLinux
import Glibc
import SystemPackage

/// Position and last failure of one descriptor that libav reads or writes through callbacks. Does not own it.
final class FileIO {
    let descriptor: FileDescriptor
    private var position: Int64 = 0
    /// The first read or write that failed, kept because libav often reports another error later.
    private(set) var failure: Errno?

    init(_ descriptor: FileDescriptor) { self.descriptor = descriptor }

    /// Bytes in the file, or `nil` where it cannot be told.
    var size: Int64? {
        let size = clinux_file_size(descriptor.rawValue)
        return size < 0 ? nil : size
    }

    /// One read at the current position, as `AVIOContext.read_packet` wants it: bytes, or a negative code.
    func read(into buffer: UnsafeMutablePointer<UInt8>, count: Int32) -> Int32 {
        while true {
            let got = unsafe pread(descriptor.rawValue, buffer, Int(count), off_t(position))
            if got > 0 {
                position += Int64(got)
                return Int32(got)
            }
            if got == 0 { return clibav_error_end() }
            if errno != EINTR { return fail() }
        }
    }

    /// Writes all of `count` bytes; a short write is continued (pwrite(2)).
    func write(_ buffer: UnsafePointer<UInt8>, count: Int32) -> Int32 {
        var done = 0
        while done < Int(count) {
            let put = unsafe pwrite(descriptor.rawValue, buffer + done, Int(count) - done, off_t(position))
            if put < 0 {
                if errno == EINTR { continue }
                return fail()
            }
            done += put
            position += Int64(put)
        }
        return count
    }

    /// `AVIOContext.seek`: moves, or tells the size for `AVSEEK_SIZE`.
    func seek(to offset: Int64, whence: Int32) -> Int64 {
        if whence & AVSEEK_SIZE != 0 { return size ?? Int64(clibav_error(ENOSYS)) }
        let base: Int64
        switch whence & ~AVSEEK_FORCE {
        case SEEK_SET: base = 0
        case SEEK_CUR: base = position
        case SEEK_END: base = size ?? 0
        default: return Int64(clibav_error(EINVAL))
        }
        let (target, overflow) = base.addingReportingOverflow(offset)
        guard !overflow, target >= 0 else { return Int64(clibav_error(EINVAL)) }
        position = target
        return target
    }

    private func fail() -> Int32 {
        let number = errno
        if failure == nil { failure = Errno(rawValue: number) }
        return clibav_error(number)
    }
}
