public import SystemPackage

/// What is to happen to the daemon at which of its system calls; see Tests/FaultInjection/include/faults.h.
public struct FaultPlan: Sendable {
    /// A kind of call; `commit` is that of a transaction.
    public enum Call: String, Sendable {
        case create, open, read, write, truncate, sync, chmod, stat, rename, unlink, mkdir, commit
        case any = "*"
    }

    public enum Action: Sendable, Hashable {
        /// Nothing but that the rule counts as fired.
        case note
        case killBefore
        case killAfter
        /// Half of a write.
        case short
        /// The thread never returns from the call.
        case stall
        case error(Errno)

        var text: String {
            switch self {
            case .note: "note"
            case .killBefore: "kill-before"
            case .killAfter: "kill-after"
            case .short: "short"
            case .stall: "stall"
            case .error(let code): "\(code.rawValue)"
            }
        }
    }

    /// One line of the plan.
    public struct Rule: Sendable {
        public var call: Call
        /// For the file's path, or for the text of a statement in the transaction (fnmatch(3)).
        public var pattern: String
        public var action: Action
        /// Calls that are let pass first.
        public var skip: Int
        /// Calls that are hit then; 0 for all.
        public var count: Int
        /// The rule, by its index, that must have fired before.
        public var after: Int?

        public init(
            _ call: Call, _ pattern: String, _ action: Action, skip: Int = 0, count: Int = 1, after: Int? = nil
        ) {
            self.call = call
            self.pattern = pattern
            self.action = action
            self.skip = skip
            self.count = count
            self.after = after
        }

        var line: String { "\(call.rawValue)\t\(action.text)\t\(skip)\t\(count)\t\(after ?? -1)\t\(pattern)" }
    }

    public var rules: [Rule]

    public init(_ rules: [Rule] = []) { self.rules = rules }

    /// The plan's file.
    public var text: String { rules.map { "\($0.line)\n" }.joined() }
}

/// What the library that stands between the daemon and the C library has seen and done.
public struct FaultTrace: Sendable {
    /// A call on a file below the test's tree.
    public struct Call: Sendable, Hashable {
        public let call: String
        public let path: String
    }

    public let calls: [Call]
    /// How many calls the plan's rules have hit, `note` included.
    public let hits: [Call]

    public static func read(_ file: FilePath) throws -> FaultTrace {
        let text = String(decoding: try ByteFile.read(file), as: UTF8.self)
        var (calls, hits): ([Call], [Call]) = ([], [])
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: "\t").map(String.init)
            if fields.count == 3, fields[0] == "HIT" { hits.append(Call(call: fields[1], path: fields[2])) }
            if fields.count == 2 { calls.append(Call(call: fields[0], path: fields[1])) }
        }
        return FaultTrace(calls: calls, hits: hits)
    }

    /// Proxies that were begun: temporary files of attempts.
    public var begunProxies: Int { calls.count { $0.call == "create" && $0.path.contains(FaultTrace.attemptMark) } }

    // `.understudy-<job>-<attempt>-<random>.tmp`; a sidecar's temporary name has a word in the attempt's place.
    private static var attemptMark: Regex<Substring> { /\/\.understudy-[0-9a-f-]{36}-\d+-[0-9a-f]+\.tmp/ }
}
