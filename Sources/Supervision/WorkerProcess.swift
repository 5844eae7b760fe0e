import Dispatch
import LocalSockets
import Subprocess
import SystemPackage

/// One worker process, started from the program or born by a worker that waits. Somebody keeps it (`keep`), from its start to its end; somebody converses with it over `socket`
/// and dismisses it.
final class WorkerProcess: Sendable {
    /// How a process is dismissed.
    enum Dismissal: Sendable {
        /// It has answered and may end by itself, soon.
        case afterItsAnswer
        /// It is to end now.
        case now
    }

    /// What became of it.
    enum End: Sendable {
        case exited(Int32, lines: String)
        case signalled(Int32, lines: String)
        case notStarted(String)
    }

    private enum Origin: Sendable {
        case program(FilePath)
        case worker(WorkerProcess)
    }

    let socket: SequencedSocket
    let childEnd: FileDescriptor
    private let origin: Origin
    let dismissal = OneShot<Dismissal>()
    private let end = OneShot<End>()
    /// One birth at a time.
    let births = DispatchQueue(label: "understudy.worker-births")

    /// Nothing of ours; and no handler of crashes by Swift's runtime, which would start a process to describe them and
    /// so hide the signal (Swift's docs/Backtracing.rst).
    private static let environment: [Environment.Key: String] = ["SWIFT_BACKTRACE": "enable=no"]
    /// Kept of the worker's standard error, in bytes: its libraries' complaints.
    static let keptErrorBytes = 16 * 1024
    /// How long a worker may take to end after its answer.
    static let graceAfterAnswer = Duration.seconds(10)
    /// How long a worker may take to end by itself after SIGTERM; then it is killed. `cancel` promises two seconds.
    static let graceAfterTerminate = Duration.seconds(1)

    /// Starts nothing yet: that is `keep`'s work. A conversation may begin before it.
    init(executable: FilePath) throws(SocketError) {
        let ends = try SequencedSocket.pair()
        socket = ends.ours
        childEnd = ends.theirs
        origin = .program(executable)
    }

    /// To be born, by `keep`, from a worker that has no request yet.
    init(bornBy waiting: WorkerProcess) throws(SocketError) {
        let ends = try SequencedSocket.pair()
        socket = ends.ours
        childEnd = ends.theirs
        origin = .worker(waiting)
    }

    /// Starts the process and returns when it has ended, which it does at the latest some seconds after it was
    /// dismissed or the caller's task was cancelled. To be called exactly once.
    func keep() async {
        switch origin {
        case .program(let executable): await keep(program: executable)
        case .worker(let waiting): end.give(await keepNewborn(of: waiting))
        }
    }

    private func keep(program executable: FilePath) async {
        let complaints = TextTail(maximumBytes: WorkerProcess.keptErrorBytes)
        do {
            let result = try await Subprocess.run(
                .path(executable),
                environment: .custom(WorkerProcess.environment),
                platformOptions: options,
                // Closed here once the child has it: only then does the child's end show as the end of the channel.
                input: .fileDescriptor(childEnd, closeAfterSpawningProcess: true),
                output: .discarded,
                error: .sequence
            ) { execution in
                await self.accompany(execution, complaints)
            }
            let ended: End =
                switch result.terminationStatus {
                case .exited(let code): .exited(code, lines: complaints.text)
                case .signaled(let signal): .signalled(signal, lines: complaints.text)
                }
            end.give(ended)
        } catch {
            end.give(.notStarted("\(error)"))
        }
    }

    func dismiss(_ how: Dismissal) {
        if how == .now { socket.shutDown() }
        dismissal.give(how)
    }

    /// Dismisses one that bears others, but not between a birth and the word of it: nobody would know whom to wait for.
    func dismissAfterBirths() { births.async { self.dismiss(.now) } }

    /// Waits for the end of a process that was dismissed.
    var ended: End { get async { await end.value } }

    /// Until the process closes its standard error, which it does by ending, or has been dismissed.
    private func accompany(
        _ execution: Execution<FileDescriptorInput, DiscardedOutput, SequenceOutput>, _ complaints: TextTail
    ) async {
        await withTaskGroup { group in
            group.addTask {
                // An unreadable pipe says nothing more; the process's end says the rest.
                try? await complaints.collect(execution.standardError)
            }
            group.addTask {
                guard await self.dismissal.value == .afterItsAnswer else { return }
                // Cancelled when the process ends.
                try? await Task.sleep(for: WorkerProcess.graceAfterAnswer)
            }
            await withTaskCancellationHandler {
                await group.next()
            } onCancel: {
                self.dismiss(.now)
            }
            dismissal.give(.now)
            // Does nothing to a process that has ended. One that only closed its standard error, or stays after its
            // answer, must not keep us.
            await execution.teardown(using: [
                .send(signal: .terminate, allowedDurationToNextStep: WorkerProcess.graceAfterTerminate)
            ])
            group.cancelAll()
        }
    }

    private var options: PlatformOptions {
        var options = PlatformOptions()
        // A terminal's Ctrl-C goes to the whole foreground group: the worker must wait for its supervisor's word.
        options.processGroupID = 0
        return options
    }
}
