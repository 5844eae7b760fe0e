import Domain

/// The part of a temporary file's name that tells who writes it.
///
/// Whoever removes what a crash left behind must know it from what this process is just writing: at a start, sidecars
/// are brought up to date while the drop folders are searched for strays.
public enum TemporaryMark {
    private static let ofThisProcess = hexadecimal()
    private static let ending = ".tmp"

    /// The end of a new temporary name: this process's mark, a random part, and an extension.
    public static func newEnding() -> String { "\(ofThisProcess)\(hexadecimal())\(ending)" }

    /// Whether this process gave the name.
    static func isOwn(_ name: FileName) -> Bool {
        let mark = ofThisProcess.utf8
        return name.bytes.dropLast(mark.count + ending.utf8.count).suffix(mark.count).elementsEqual(mark)
    }

    /// Eight digits.
    private static func hexadecimal() -> String {
        let digits = String(UInt32.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}
