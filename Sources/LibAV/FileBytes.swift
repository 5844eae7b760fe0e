internal import CLibAV
import Glibc
public import SystemPackage

/// Positioned reads of a file, for what is looked at without a demuxer.
public enum FileBytes {
    /// At most `count` bytes from `offset`; fewer only at the end of the file.
    public static func read(_ descriptor: FileDescriptor, at offset: Int64, count: Int) throws(LibAVError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let got = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe pread(
                    descriptor.rawValue, buffer.baseAddress.map { unsafe $0 + done }, count - done,
                    off_t(offset) + done)
            }
            if got == 0 { break }
            if got > 0 { done += got } else if errno != EINTR { throw LibAVError("pread", clibav_error(errno)) }
        }
        bytes.removeLast(count - done)
        return bytes
    }

    /// Bytes in the file.
    public static func size(of descriptor: FileDescriptor) throws(LibAVError) -> Int64 {
        guard let size = FileIO(descriptor).size else { throw LibAVError("fstat", clibav_error(errno)) }
        return size
    }
}
