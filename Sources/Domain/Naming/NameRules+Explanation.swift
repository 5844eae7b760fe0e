extension NameRules {
    /// The rule by which a file with this name is ignored, as a sentence's end; `nil` where it is taken.
    public func reasonToIgnoreFile(named name: FileName) -> String? {
        if name.hasPrefix(".") { return "names that begin with a dot are hidden or temporary files" }
        if NameRules.isTemporary(name) {
            return "uploads use names that end like this one (.part, .tmp, ~ …) before they are complete"
        }
        if let pattern = ignored.first(where: { $0.matches(name) }) {
            return "the configuration ignores \"\(pattern.text)\""
        }
        guard let extensions, !extensions.contains(name.lowercasedExtension) else { return nil }
        let ending = name.lowercasedExtension
        return ending.isEmpty
            ? "it has no extension, and `extensions` takes only video files"
            : "\".\(ending)\" is not among the configuration's `extensions`"
    }

    /// The rule by which nothing in a directory with this name is an input; `nil` where it is entered.
    public func reasonToIgnoreDirectory(named name: FileName) -> String? {
        if name.hasPrefix(".") { return "directories that begin with a dot are not entered" }
        if let pattern = ignored.first(where: { $0.matches(name) }) {
            return "the configuration ignores \"\(pattern.text)\""
        }
        return entersDirectory(named: name) ? nil : "it is a NAS's or a desktop's own folder"
    }
}
