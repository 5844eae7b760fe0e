public import SystemPackage

/// Reads small text files whole.
public enum SmallFile {
    /// The file's text.
    ///
    /// Throws `Errno`: whatever the kernel says, `fileTooLarge` beyond `maximumBytes`, `illegalByteSequence` where the
    /// bytes are not UTF-8.
    public static func readText(_ file: FilePath, maximumBytes: Int) throws -> String {
        let descriptor = try FileDescriptor.open(file, .readOnly, options: .closeOnExec)
        return try descriptor.closeAfter {
            var bytes: [UInt8] = []
            while bytes.count <= maximumBytes {
                let chunk = try unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
                    count = try unsafe descriptor.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if chunk.isEmpty { break }
                bytes += chunk
            }
            guard bytes.count <= maximumBytes else { throw Errno.fileTooLarge }
            guard let text = String(validating: bytes, as: UTF8.self) else { throw Errno.illegalByteSequence }
            return text
        }
    }
}
