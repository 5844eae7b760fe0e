import Domain
import FoundationEssentials
import LocalSockets
public import SystemPackage

/// The control socket's place and framing, shared by the daemon and the command line.
public enum ControlSocket {
    static let maximumMessageBytes = 128 * 1024

    public static func path(inStateDirectory directory: FilePath) -> FilePath { directory.appending("control.sock") }

    /// Asks the daemon that owns a state directory.
    ///
    /// - Parameter patience: seconds to wait for the answer.
    /// - Returns: `nil` where no daemon listens.
    public static func ask(
        _ request: ControlRequest, stateDirectory: FilePath, patience: Int = 30
    ) throws -> ControlReply? {
        let socket: SequencedSocket
        do {
            socket = try SocketListener.connect(to: path(inStateDirectory: stateDirectory))
        } catch  where [.noSuchFileOrDirectory, .connectionRefused].contains(error.errno) {
            return nil
        }
        socket.limitWaiting(toSeconds: patience)
        try socket.send(Array(try JSONEncoder().encode(request)))
        guard let answer = try socket.receive(maximumBytes: maximumMessageBytes) else {
            return .refused("the daemon closed the connection")
        }
        return try JSONDecoder().decode(ControlReply.self, from: Data(answer.message))
    }
}
