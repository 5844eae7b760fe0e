public import SystemPackage

/// Which folders' uploaders were seen to go on after a pause, and the settle window that this asks for. Pure.
///
/// Cameras with a bad connection break off and resume; where the container cannot prove its end, only waiting longer
/// than their pauses helps. Learned for each folder, forgotten with the process.
public struct ResumeMemory: Sendable {
    /// The longest learned window. A longer one in the configuration stays as it is.
    public static let longestWindow = Duration.seconds(600)
    /// Folders that are remembered at most; where there are more, the memory begins anew.
    static let mostFolders = 10_000

    private var resumes: [FilePath: Int] = [:]

    public init() {}

    /// An upload in this folder went on after it had seemed to have ended.
    public mutating func noteResume(in folder: FilePath) {
        if resumes.count >= ResumeMemory.mostFolders, resumes[folder] == nil { resumes = [:] }
        resumes[folder] = min((resumes[folder] ?? 0) + 1, 32)
    }

    /// The settle window of a folder: the configured one, doubled for each resume.
    public func window(in folder: FilePath, configured: Duration) -> Duration {
        guard let count = resumes[folder] else { return configured }
        let longest = max(configured, ResumeMemory.longestWindow)
        var window = configured
        for _ in 0..<count where window < longest { window = min(window * 2, longest) }
        return window
    }
}
