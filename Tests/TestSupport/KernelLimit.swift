public import SystemPackage

/// A number of the kernel's, changed for a moment. It holds for the whole machine: it is put back in any case, and soon.
public enum KernelLimit {
    /// How many events an inotify instance holds back (inotify(7)). An instance keeps the limit that it was made with
    /// (inotify_new_group in fs/notify/inotify/inotify_user.c).
    public static let queuedEvents = FilePath("/proc/sys/fs/inotify/max_queued_events")

    /// Whether the limit may be changed here.
    public static func canChange(_ limit: FilePath) -> Bool {
        guard let file = try? FileDescriptor.open(limit, .readWrite) else { return false }  // That is the question.
        try? file.close()  // Nothing was written.
        return true
    }

    public static func with<Result>(
        _ limit: FilePath, at value: Int, _ body: () async throws -> Result
    ) async throws -> Result {
        let before = String(decoding: try ByteFile.read(limit), as: UTF8.self)
        let result: Result
        do {
            try write("\(value)\n", to: limit)
            result = try await body()
        } catch {
            try write(before, to: limit)
            throw error
        }
        try write(before, to: limit)
        return result
    }

    private static func write(_ text: String, to limit: FilePath) throws {
        let file = try FileDescriptor.open(limit, .writeOnly)
        _ = try file.closeAfter { try file.writeAll(text.utf8) }
    }
}
