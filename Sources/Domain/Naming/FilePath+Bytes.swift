public import SystemPackage

// UNSAFE: names are bytes, not text: swift-system keeps them, but shows them only as repaired strings or through
// pointers.
// These conversions are the one place in Domain that uses the pointers. They run for each file of a scan, so that they
// look at the path's own storage and copy only what they give.
extension FilePath {
    /// The path's bytes as the kernel knows them, without the terminating zero.
    public var bytes: [UInt8] { unsafe withBytes { unsafe Array($0) } }

    /// The path with exactly these bytes (repeated and trailing slashes are dropped; a zero byte ends the path).
    ///
    /// Not generic: other modules would run a version that asks for each byte through tables.
    public init(bytes: [UInt8]) {
        var terminated = bytes
        terminated.append(0)
        self = unsafe terminated.withUnsafeBytes { buffer in
            unsafe FilePath(platformString: buffer.assumingMemoryBound(to: CChar.self).baseAddress.unsafelyUnwrapped)
        }
    }

    /// This path with one more component given by its bytes.
    public func appending(name: FileName) -> FilePath {
        var joined: [UInt8] = []
        joined.reserveCapacity(length + 1 + name.bytes.count)
        unsafe withBytes { unsafe joined.append(contentsOf: $0) }
        joined.append(slash)
        joined += name.bytes
        return FilePath(bytes: joined)
    }

    /// The last component; `nil` for the root directory and the empty path.
    public var fileName: FileName? {
        unsafe withBytes { bytes in
            guard let end = unsafe bytes.lastIndex(where: { $0 != slash }) else { return nil }
            let start = unsafe bytes[..<end].lastIndex(of: slash).map { $0 + 1 } ?? 0
            return unsafe FileName(bytes: Array(bytes[start...end]))
        }
    }

    /// The names below `base`, in order; `nil` where this path is not below it (or equal to it).
    public func names(below base: FilePath) -> [FileName]? {
        unsafe withBytes { own in
            unsafe base.withBytes { base in
                // A leading slash is no name: without it, the root directory is above everything.
                let own = unsafe own.drop { $0 == slash }
                let base = unsafe base.drop { $0 == slash }
                guard unsafe own.starts(with: base) else { return nil }
                let rest = unsafe own.dropFirst(base.count)
                guard unsafe base.isEmpty || rest.isEmpty || rest.first == slash else { return nil }
                return unsafe FilePath.split(rest)
            }
        }
    }

    /// All components after the root directory.
    public var nameList: [FileName] { unsafe withBytes { unsafe FilePath.split($0[...]) } }

    private static func split(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> [FileName] {
        unsafe bytes.split(separator: slash).map { unsafe FileName(bytes: Array($0)) }
    }

    /// Lends the storage, without the terminating zero (`length` counts without it).
    private func withBytes<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        unsafe withPlatformString { pointer in
            unsafe pointer.withMemoryRebound(to: UInt8.self, capacity: length) { start in
                unsafe body(UnsafeBufferPointer(start: start, count: length))
            }
        }
    }
}

private let slash = UInt8(ascii: "/")
