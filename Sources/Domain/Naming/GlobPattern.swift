/// A file-name pattern: `*` any run of characters, `?` one character, `[…]` one of a set (`!` or `^` first: none of
/// it). Compared without case; there is no escape character.
public struct GlobPattern: Sendable, Hashable {
    private enum Element: Sendable, Hashable {
        case anyRun
        case anyOne
        case oneOf([ClosedRange<Character>], negated: Bool)
        case literal(Character)

        func matches(_ character: Character) -> Bool {
            switch self {
            case .anyRun: false
            case .anyOne: true
            case .literal(let own): own == character
            case .oneOf(let ranges, let negated): ranges.contains { $0.contains(character) } != negated
            }
        }
    }

    public let text: String
    private let elements: [Element]

    public init(_ text: String) {
        self.text = text
        elements = GlobPattern.parse(Array(text.lowercased()))
    }

    public static func == (left: GlobPattern, right: GlobPattern) -> Bool { left.text == right.text }
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }

    public func matches(_ name: FileName) -> Bool {
        let characters = Array(name.text.lowercased())
        var (element, position) = (0, 0)
        var backtrack: (element: Int, position: Int)?
        while position < characters.count {
            if element < elements.count, elements[element] == .anyRun {
                backtrack = (element, position)
                element += 1
            } else if element < elements.count, elements[element].matches(characters[position]) {
                element += 1
                position += 1
            } else if let (star, start) = backtrack {
                backtrack = (star, start + 1)
                element = star + 1
                position = start + 1
            } else {
                return false
            }
        }
        return elements[element...].allSatisfy { $0 == .anyRun }
    }

    private static func parse(_ characters: [Character]) -> [Element] {
        var elements: [Element] = []
        var index = 0
        while index < characters.count {
            switch characters[index] {
            case "*": elements.append(.anyRun)
            case "?": elements.append(.anyOne)
            case "[":
                if let (set, end) = parseSet(characters, from: index + 1) {
                    elements.append(set)
                    index = end
                } else {
                    elements.append(.literal("["))
                }
            default: elements.append(.literal(characters[index]))
            }
            index += 1
        }
        return elements
    }

    private static func parseSet(_ characters: [Character], from start: Int) -> (Element, end: Int)? {
        guard start < characters.count else { return nil }
        let negated = characters[start] == "!" || characters[start] == "^"
        let first = negated ? start + 1 : start
        guard let end = characters.indices.dropFirst(first + 1).first(where: { characters[$0] == "]" }) else {
            return nil
        }
        var ranges: [ClosedRange<Character>] = []
        var index = first
        while index < end {
            if index + 2 < end, characters[index + 1] == "-", characters[index] <= characters[index + 2] {
                ranges.append(characters[index]...characters[index + 2])
                index += 3
            } else {
                ranges.append(characters[index]...characters[index])
                index += 1
            }
        }
        return (.oneOf(ranges, negated: negated), end)
    }
}
