/// What a worker gave up before it looked at any file.
public struct SealReport: Sendable, Hashable, Codable {
    /// A part of the seal, in the order in which they are put on.
    public enum Part: String, Sendable, Hashable, Codable, CaseIterable {
        /// Memory, processor time, output size, no new descriptors, no core file (setrlimit(2)).
        case limits
        /// prctl(2), `PR_SET_NO_NEW_PRIVS`.
        case noNewPrivileges = "no_new_privileges"
        /// prctl(2), `PR_SET_DUMPABLE`.
        case undumpable
        /// capset(2).
        case capabilities
        /// landlock(7): no file, no TCP port, no signal to others.
        case landlock
        /// seccomp(2): no system call that the work does not need.
        case seccomp
    }

    /// A part that could not be put on, and why.
    public struct Gap: Sendable, Hashable, Codable {
        public var part: Part
        public var reason: String

        public init(_ part: Part, _ reason: String) {
            self.part = part
            self.reason = reason
        }
    }

    /// landlock's ABI in force; 0 for none.
    public var landlockABI: Int
    public var gaps: [Gap]

    public init(landlockABI: Int = 0, gaps: [Gap] = []) {
        self.landlockABI = landlockABI
        self.gaps = gaps
    }

    public var isWhole: Bool { gaps.isEmpty }

    /// The gaps in one line; empty where there is none.
    public var gapText: String { gaps.map { "\($0.part.rawValue): \($0.reason)" }.joined(separator: "; ") }
}
