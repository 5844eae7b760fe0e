import Inotify
import SystemPackage

/// Sets and ends watches on directories: inotify, or a stand-in with another limit in tests.
protocol DirectoryWatches: Sendable {
    func addWatch(_ path: FilePath, mask: InotifyMask) throws(InotifyError) -> WatchDescriptor
    func removeWatch(_ watch: WatchDescriptor)
}

extension InotifyDescriptor: DirectoryWatches {}
