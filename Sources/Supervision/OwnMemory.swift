import CLinux
import SystemPackage

/// What this process holds in memory beyond what it needs.
public enum OwnMemory {
    /// Gives back the pages of the program's own instructions and what the allocator keeps free. Most of either was needed
    /// for the start and the first scan only; what is needed again is mapped again from the page cache.
    ///
    /// Only mappings that cannot be written are given up: their pages are the file's (madvise(2), `MADV_DONTNEED`).
    public static func giveBack() {
        clinux_trim_heap()
        // The kernel lists its own mappings (proc(5), `/proc/[pid]/maps`).
        guard let list = try? String(contentsOfFileAt: "/proc/self/maps") else { return }  // Without /proc all stays.
        for mapping in cleanPrograms(in: list) {
            clinux_release_clean_pages(UInt64(mapping.lowerBound), UInt64(mapping.count))
        }
    }

    /// The addresses of what is mapped from a file, may be executed and cannot be written.
    /// - Parameter list: lines of `/proc/[pid]/maps`, whose names follow a column of blanks.
    static func cleanPrograms(in list: String) -> [Range<UInt>] {
        list.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            guard fields.count == 6, fields[1] == "r-xp", fields[5].drop(while: { $0 == " " }).hasPrefix("/") else {
                return nil
            }
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            return ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
        }
    }
}

extension String {
    fileprivate init(contentsOfFileAt path: FilePath) throws {
        let file = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
        defer { try? file.close() }  // Opened for reading only: a failed close loses nothing.
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = try unsafe part.withUnsafeMutableBytes { unsafe try file.read(into: $0) }
            guard count > 0 else { break }
            bytes += part[..<count]
        }
        self = String(decoding: bytes, as: UTF8.self)
    }
}
