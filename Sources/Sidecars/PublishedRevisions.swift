import Domain
import Synchronization

/// Keeps the order of one video's sidecars: of two publications at the same time, the newer revision stays.
final class PublishedRevisions: Sendable {
    private let stripes: [Stripe]

    init() { stripes = (0..<32).map { _ in Stripe() } }

    /// Runs `publish` unless a newer revision of the video was published; one at a time for each video.
    func publishing(_ revision: Int, of video: String, _ publish: () throws(Failure) -> Void) throws(Failure) {
        let stripe = stripes[Int(UInt(bitPattern: video.hashValue) % UInt(stripes.count))]
        try stripe.publishing(revision, of: video, publish)
    }

    private final class Stripe: Sendable {
        /// The newest revision of each video. Forgotten as a whole when there are many: it matters only for
        /// publications that overlap.
        private let newest = Mutex<[String: Int]>([:])

        func publishing(_ revision: Int, of video: String, _ publish: () throws(Failure) -> Void) throws(Failure) {
            // Held during the write: the caller is on a lane for blocking calls.
            try newest.withLock { (newest) throws(Failure) in
                guard revision >= newest[video] ?? 0 else { return }
                try publish()
                if newest.count >= 1024 { newest.removeAll() }
                newest[video] = revision
            }
        }
    }
}
