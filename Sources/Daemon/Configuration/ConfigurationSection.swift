import Domain
import SystemPackage
import TOMLKit

/// One table of the file, read key by key; knows where it stands, for errors.
struct ConfigurationSection {
    let table: TOMLTable
    /// Dotted path of the table, such as `watch[1]`; empty for the top level.
    let path: String
    let document: ConfigurationDocument

    /// Every key must be one of these.
    func allowOnly(_ known: [String]) throws(ConfigurationError) {
        for key in table.keys where !known.contains(key) {
            let guess = Suggestion.nearest(to: key, among: known)
            let remedy = guess.map { "did you mean \"\($0)\"?" } ?? "known keys are \(known.joined(separator: ", "))"
            throw error(key, "unknown key; \(remedy)")
        }
    }

    func string(_ key: String) throws(ConfigurationError) -> String? {
        guard let value = table[key] else { return nil }
        guard value.type == .string, let text = value.string else {
            throw error(key, "expected a text in quotes, found \(describe(value))")
        }
        return text
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        guard let value = table[key] else { return nil }
        guard value.type == .int, let number = value.int, range.contains(number) else {
            throw error(
                key, "expected a whole number from \(range.lowerBound) to \(range.upperBound), found \(describe(value))"
            )
        }
        return number
    }

    func strings(_ key: String) throws(ConfigurationError) -> [String]? {
        guard let value = table[key] else { return nil }
        guard value.type == .array, let array = value.array else {
            throw error(key, "expected a list of texts such as [\"a\", \"b\"], found \(describe(value))")
        }
        var texts: [String] = []
        for element in array {
            guard element.type == .string, let text = element.string else {
                throw error(key, "expected a list of texts only, found \(describe(element)) in it")
            }
            texts.append(text)
        }
        return texts
    }

    func boolean(_ key: String) throws(ConfigurationError) -> Bool? {
        guard let value = table[key] else { return nil }
        guard value.type == .bool, let isTrue = value.bool else {
            throw error(key, "expected true or false, found \(describe(value))")
        }
        return isTrue
    }

    func duration(_ key: String) throws(ConfigurationError) -> Duration? {
        guard let text = try string(key) else { return nil }
        guard let duration = Quantity.duration(text) else {
            throw error(key, "expected a duration such as \"500ms\", \"10s\", \"10m\" or \"2h\", found \"\(text)\"")
        }
        return duration
    }

    func choice<Value: RawRepresentable & CaseIterable>(
        _ key: String, _ kind: Value.Type
    ) throws(ConfigurationError) -> Value? where Value.RawValue == String {
        guard let text = try string(key) else { return nil }
        if let value = Value(rawValue: text) { return value }
        let choices = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
        throw error(key, "expected \(choices), found \"\(text)\"")
    }

    /// A user or a group, by its name or its number.
    func account(
        _ key: String, _ kind: String, named lookup: (String) -> UInt32?
    ) throws(ConfigurationError) -> UInt32? {
        guard let value = table[key] else { return nil }
        if value.type == .int {
            // The largest number means none (chown(2)).
            return UInt32(try integer(key, in: 0...Int(UInt32.max) - 1) ?? 0)
        }
        guard let name = try string(key) else { return nil }
        guard let number = lookup(name) else {
            throw error(key, "no \(kind) is called \"\(name)\" on this machine; expected a name or a number")
        }
        return number
    }

    func absolutePath(_ key: String) throws(ConfigurationError) -> FilePath? {
        guard let text = try string(key) else { return nil }
        let path = FilePath(text).lexicallyNormalized()
        guard path.isAbsolute else { throw error(key, "expected an absolute path (from /), found \"\(text)\"") }
        return path
    }

    func directoryName(_ key: String) throws(ConfigurationError) -> FileName? {
        guard let text = try string(key) else { return nil }
        guard !text.isEmpty, !text.contains("/"), text != ".", text != "..", !text.hasPrefix(".") else {
            throw error(key, "expected the name of one visible directory, without /, found \"\(text)\"")
        }
        return FileName(text)
    }

    func error(_ key: String, _ problem: String) -> ConfigurationError {
        let dotted = path.isEmpty ? key : "\(path).\(key)"
        return ConfigurationError(
            file: document.file, line: document.line(ofKey: key, inTable: path), key: dotted, problem: problem)
    }

    private func describe(_ value: any TOMLValueConvertible) -> String {
        switch value.type {
        case .string: "\"\(value.string ?? "")\""
        case .int: "\(value.int ?? 0)"
        case .double: "\(value.double ?? 0)"
        case .bool: "\(value.bool ?? false)"
        case .table: "a table"
        case .array: "a list"
        case .date, .time, .dateTime: "a date or time"
        }
    }
}
