import Domain
public import SystemPackage

/// The configuration cannot be used: which file, line and key, what is wrong, and what was expected.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    public let file: FilePath
    /// From 1; `nil` where it is not known.
    public let line: Int?
    /// Dotted, such as `watch[2].root`; `nil` for the file as a whole.
    public let key: String?
    /// What is wrong and what was expected.
    public let problem: String

    public init(file: FilePath, line: Int? = nil, key: String? = nil, problem: String) {
        self.file = file
        self.line = line
        self.key = key
        self.problem = problem
    }

    public var description: String {
        let place = PathText.encode(file.bytes) + (line.map { ":\($0)" } ?? "")
        return PrintableText.escaped("\(place): \(key.map { "\($0): " } ?? "")\(problem)")
    }
}
