import Glibc
public import LocalSockets
import Synchronization

/// Writes entries to the journal's own socket.
public final class Journal: Sendable {
    /// Where journald listens (systemd-journald.service(8)).
    public static let address = LocalAddress("/run/systemd/journal/socket")

    private let address: LocalAddress
    private let socket = Mutex<DatagramSocket?>(nil)

    public init(at address: LocalAddress) { self.address = address }

    /// - Returns: whether the journal has taken it.
    public func write(_ entry: JournalEntry) -> Bool {
        let bytes = entry.bytes
        return socket.withLock { socket in
            // A second try: the journal was started anew since the last entry.
            for _ in 0..<2 {
                do throws(SocketError) {
                    if socket == nil { socket = try DatagramSocket.connect(to: address) }
                    try socket?.send(bytes)
                    return true
                } catch {
                    socket = nil
                }
            }
            return false
        }
    }

    /// Whether a descriptor leads to the journal, as systemd says in `$JOURNAL_STREAM` (systemd.exec(5)): the variable is
    /// inherited, also by programs whose standard error goes elsewhere.
    public static func isConnected(_ descriptor: Int32, environment: [String: String]) -> Bool {
        guard let stream = environment["JOURNAL_STREAM"] else { return false }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return false }
        return stream == "\(status.st_dev):\(status.st_ino)"
    }
}
