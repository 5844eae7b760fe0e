import Glibc
public import SystemPackage

/// The address of an `AF_UNIX` socket (unix(7)): a path, or a name in the kernel's abstract namespace.
public enum LocalAddress: Sendable, Hashable {
    /// May be longer than the 107 bytes that an address holds: it is then reached through its directory's descriptor in
    /// `/proc/self/fd`.
    case path(FilePath)
    /// Without the zero byte that begins it.
    case abstract([UInt8])

    /// As environment variables write it: an absolute path, or `@` and an abstract name (sd_notify(3)).
    /// - Returns: `nil` for anything else.
    public init?(_ text: String) {
        if text.hasPrefix("/") {
            self = .path(FilePath(text))
        } else if text.hasPrefix("@"), text.utf8.count > 1 {
            self = .abstract(Array(text.utf8.dropFirst()))
        } else {
            return nil
        }
    }

    /// Hands out the kernel's form of the address.
    func withPointer(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SocketError) -> Void
    ) throws(SocketError) {
        switch self {
        case .path(let path): try unsafe LocalAddress.withPointer(to: path, body)
        case .abstract(let name):
            // The name has no end mark: the address's length tells it.
            try unsafe LocalAddress.withPointer(to: [0] + name, isText: false, body)
        }
    }

    private static func withPointer(
        to path: FilePath, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SocketError) -> Void
    ) throws(SocketError) {
        var reachable = path
        var directory: FileDescriptor?
        if path.length >= capacity, let name = path.lastComponent {
            do {
                let opened = try FileDescriptor.open(
                    path.removingLastComponent(), .readOnly, options: [.directory, .closeOnExec])
                directory = opened
                reachable = FilePath("/proc/self/fd/\(opened.rawValue)").appending(name)
            } catch {
                throw SocketError(operation: "open", errno: (error as? Errno) ?? .ioError)
            }
        }
        defer { try? directory?.close() }  // Opened for reading only: a failed close loses nothing.
        let bytes = unsafe reachable.withPlatformString {
            unsafe Array(UnsafeRawBufferPointer(start: $0, count: strlen($0)))
        }
        try unsafe withPointer(to: bytes, isText: true, body)
    }

    private static func withPointer(
        to name: [UInt8], isText: Bool, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(SocketError) -> Void
    ) throws(SocketError) {
        guard name.count + (isText ? 1 : 0) <= capacity else {
            throw SocketError(operation: "bind", errno: .fileNameTooLong)
        }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { buffer in unsafe buffer.copyBytes(from: name) }
        let length = isText ? MemoryLayout<sockaddr_un>.size : MemoryLayout<sa_family_t>.size + name.count
        let result = unsafe withUnsafePointer(to: address) { pointer -> Result<Void, SocketError> in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                do throws(SocketError) { return .success(try unsafe body(generic, socklen_t(length))) } catch {
                    return .failure(error)
                }
            }
        }
        try result.get()
    }

    private static let capacity = MemoryLayout.size(ofValue: sockaddr_un().sun_path)
}
