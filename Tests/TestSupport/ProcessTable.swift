import Foundation
import Glibc
import SystemPackage

/// What /proc says of processes (proc(5)). A process may end while it is looked at: then it is not there.
public enum ProcessTable {
    /// A process, told apart from later ones with its number by its start.
    public struct Entry: Sendable, Hashable {
        public let processID: Int32
        let startTicks: String
    }

    public static func children(of parent: Int32) -> [Entry] {
        all.compactMap { processID in
            guard let fields = statusFields(of: processID), fields.count > 19, fields[1] == "\(parent)" else {
                return nil
            }
            return Entry(processID: processID, startTicks: fields[19])
        }
    }

    /// Ends a process at once.
    public static func kill(_ entry: Entry) { _ = Glibc.kill(entry.processID, SIGKILL) }

    /// Whether the process is there and is more than an entry that waits for its parent.
    public static func isAlive(_ entry: Entry) -> Bool {
        guard let fields = statusFields(of: entry.processID), fields.count > 19 else { return false }
        return fields[19] == entry.startTicks && fields[0] != "Z"
    }

    /// Other processes that have a file below a directory open, with that file.
    static func users(of directory: FilePath) -> [String] {
        all.filter { $0 != getpid() }.flatMap { processID -> [String] in
            let folder = "/proc/\(processID)/fd"
            let numbers = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            return numbers.compactMap { number in
                guard let file = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(number)"),
                    file.hasPrefix(directory.string + "/")
                else { return nil }
                return "\(processID): \(file)"
            }
        }
    }

    private static var all: [Int32] {
        ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
    }

    /// The fields of `/proc/PID/stat` from the third (state) on.
    private static func statusFields(of processID: Int32) -> [String]? {
        guard let text = try? String(contentsOfFile: "/proc/\(processID)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        return text[text.index(after: end)...].split(separator: " ").map(String.init)
    }
}
