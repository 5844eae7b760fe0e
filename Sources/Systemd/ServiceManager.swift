import Glibc
public import LocalSockets

/// Tells the service manager how the daemon does, over the datagram socket that `$NOTIFY_SOCKET` names: the protocol of
/// sd_notify(3), without its library.
public struct ServiceManager: Sendable {
    /// One line of a message.
    public enum Assignment: Sendable, Hashable {
        /// The start is over.
        case ready
        /// A reload begins; `ready` ends it.
        case reloading
        case stopping
        /// One line for `systemctl status`.
        case status(String)
        /// Life; asked for where `watchdog` is set.
        case watchdog
        /// The start takes longer: this much more time from now on.
        case extendTimeout(Duration)
    }

    private let address: LocalAddress
    /// The time in which the manager wants to hear of life; `nil` where it does not.
    public let watchdog: Duration?

    /// - Returns: `nil` where no manager listens.
    public init?(environment: [String: String]) {
        guard let address = environment["NOTIFY_SOCKET"].flatMap({ LocalAddress($0) }) else { return nil }
        self.address = address
        watchdog = ServiceManager.watchdog(environment, getpid())
    }

    /// Sends assignments in one message. The manager may be gone, or be none at all: the sender goes on.
    public func tell(_ assignments: [Assignment]) throws(SocketError) {
        let text = ServiceManager.text(of: assignments, monotonicMicroseconds: ServiceManager.monotonicMicroseconds)
        try DatagramSocket.connect(to: address).send(Array(text.utf8))
    }

    static func text(of assignments: [Assignment], monotonicMicroseconds: UInt64) -> String {
        assignments.map { assignment in
            switch assignment {
            case .ready: "READY=1\n"
            // With the time, as Type=notify-reload asks.
            case .reloading: "RELOADING=1\nMONOTONIC_USEC=\(monotonicMicroseconds)\n"
            case .stopping: "STOPPING=1\n"
            case .status(let line): "STATUS=\(line.map { $0.isNewline ? " " : String($0) }.joined())\n"
            case .watchdog: "WATCHDOG=1\n"
            case .extendTimeout(let time): "EXTEND_TIMEOUT_USEC=\(Int64(time / .microseconds(1)))\n"
            }
        }.joined()
    }

    /// sd_watchdog_enabled(3): the variables of another process count for nothing.
    static func watchdog(_ environment: [String: String], _ processID: Int32) -> Duration? {
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), microseconds > 0 else {
            return nil
        }
        if let owner = environment["WATCHDOG_PID"], Int32(owner) != processID { return nil }
        return .microseconds(microseconds)
    }

    private static var monotonicMicroseconds: UInt64 {
        var time = timespec()
        // Cannot fail with this clock (clock_gettime(2)).
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }
}
