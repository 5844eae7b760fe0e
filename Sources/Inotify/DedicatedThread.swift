import Glibc
import SystemPackage

/// A thread of our own for work that blocks: nothing may block the cooperative pool.
package enum DedicatedThread {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs `body` on a new detached thread, which ends with it.
    ///
    /// The thread takes no signals: they belong to the threads that wait for them (pthreads(7), signal(7)).
    package static func start(_ body: @escaping @Sendable () -> Void) throws(InotifyError) {
        var allSignals = sigset_t()
        var before = sigset_t()
        _ = unsafe sigfillset(&allSignals)
        _ = unsafe pthread_sigmask(SIG_SETMASK, &allSignals, &before)
        defer { _ = unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }

        let context = unsafe Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let failure = unsafe pthread_create(
            &thread, nil,
            { context in
                if let context = unsafe context { unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            },
            context.toOpaque()
        )
        guard failure == 0 else {
            unsafe context.release()
            throw InotifyError(operation: "pthread_create", errno: Errno(rawValue: failure))
        }
        pthread_detach(thread)
    }
}
