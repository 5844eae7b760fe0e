import Foundation
import Glibc
import Synchronization
import SystemPackage

/// When something happened for the first time.
final class Moment: Sendable {
    private let instant = Mutex<ContinuousClock.Instant?>(nil)

    var value: ContinuousClock.Instant? { instant.withLock { $0 } }

    func note() {
        let now = ContinuousClock.now
        instant.withLock { $0 = $0 ?? now }
    }
}

/// When a file was first read by anybody, by the kernel's word (inotify(7), `IN_ACCESS`): the reader is neither traced
/// nor slowed down.
struct FirstRead {
    private let moment = Moment()

    var value: ContinuousClock.Instant? { moment.value }

    init(of path: FilePath) throws {
        let queue = inotify_init1(Int32(IN_CLOEXEC))
        guard queue >= 0, unsafe inotify_add_watch(queue, path.string, UInt32(IN_ACCESS)) >= 0 else {
            throw Errno(rawValue: errno)
        }
        let moment = moment
        // Ends by itself: the clip is read.
        Thread.detachNewThread {
            var event = [UInt8](repeating: 0, count: 4096)
            if unsafe read(queue, &event, event.count) > 0 { moment.note() }
            close(queue)
        }
    }
}
