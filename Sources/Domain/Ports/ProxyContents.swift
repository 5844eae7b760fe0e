public import SystemPackage

/// Holds published proxies against what is recorded of them.
public protocol ProxyContents: Sendable {
    /// - Parameter reading: when the content is read; a file other than the recorded one is always read.
    func standing(of file: PublishedFile, at path: FilePath, reading: ContentReading) async -> ProxyStanding
}

public enum ContentReading: Sendable, Hashable {
    /// Size, time and inode are believed where they are the recorded ones.
    case whereDoubtful
    case always
}

/// What became of a published proxy.
public enum ProxyStanding: Sendable, Hashable {
    case intact
    /// The recorded content in another file, or with another time: restored, or copied to another disk.
    case elsewhere(PublishedFile)
    /// Other content in the file that we wrote; as it is now.
    case altered(PublishedFile)
    /// Something that we did not write lies there.
    case replaced
    case missing
    /// Its file system is not there, or does not answer: nothing can be told.
    case unreachable(Failure)
}
