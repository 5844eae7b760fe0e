/// This program's name and version.
public enum Generator {
    public static let version = "0.1.0"
    /// `generator` in sidecars.
    public static let name = "understudy \(version)"
}
