import Glibc
import SystemPackage

// pread(2) writes through a pointer: the reason for `unsafe` in this file.

/// The bytes behind a descriptor that its owner keeps open.
struct DescriptorBytes: ByteSource {
    let descriptor: FileDescriptor
    let sizeBytes: Int64

    func read(at offset: Int64, count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: min(count, ByteReading.longestRead)) { buffer, initialized in
            var got = 0
            while got < buffer.count {
                let place = unsafe buffer.baseAddress.map { unsafe $0 + got }
                let result = unsafe pread(descriptor.rawValue, place, buffer.count - got, off_t(offset) + off_t(got))
                if result < 0, errno == EINTR { continue }
                guard result > 0 else { break }
                got += result
            }
            initialized = got
        }
    }
}
