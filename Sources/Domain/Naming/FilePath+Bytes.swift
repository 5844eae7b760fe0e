public import SystemPackage

// UNSAFE: names are bytes, not text: swift-system keeps them, but shows them only as repaired strings or through pointers.
// These two conversions are the one place in Domain that uses the pointers.
extension FilePath {
    /// The path's bytes as the kernel knows them, without the terminating zero.
    public var bytes: [UInt8] {
        unsafe withPlatformString { pointer in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(length)
            var index = 0
            while unsafe pointer[index] != 0 {
                bytes.append(UInt8(bitPattern: unsafe pointer[index]))
                index += 1
            }
            return bytes
        }
    }

    /// The path with exactly these bytes (repeated and trailing slashes are dropped; a zero byte ends the path).
    public init(bytes: some Sequence<UInt8>) {
        var terminated = bytes.prefix { $0 != 0 }.map { CChar(bitPattern: $0) }
        terminated.append(0)
        self = unsafe terminated.withUnsafeBufferPointer { buffer in
            unsafe FilePath(platformString: buffer.baseAddress.unsafelyUnwrapped)
        }
    }

    /// This path with one more component given by its bytes.
    public func appending(name: FileName) -> FilePath { FilePath(bytes: bytes + [UInt8(ascii: "/")] + name.bytes) }

    /// The last component; `nil` for the root directory and the empty path.
    public var fileName: FileName? { lastComponent == nil ? nil : FileName(bytes: lastNameBytes) }

    /// The names below `base`, in order; `nil` where this path is not below it (or equal to it).
    public func names(below base: FilePath) -> [FileName]? {
        let own = nameList
        let others = base.nameList
        guard own.count >= others.count, Array(own.prefix(others.count)) == others else { return nil }
        return Array(own.dropFirst(others.count))
    }

    /// All components after the root directory.
    public var nameList: [FileName] {
        bytes.split(separator: UInt8(ascii: "/")).map { FileName(bytes: Array($0)) }
    }

    private var lastNameBytes: [UInt8] {
        Array(bytes.split(separator: UInt8(ascii: "/")).last ?? [])
    }
}
