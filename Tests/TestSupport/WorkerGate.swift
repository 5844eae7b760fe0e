import Foundation
public import SystemPackage

/// Makes the daemon's workers wait before they begin, so that a test can do something while a job runs.
///
/// The daemon starts a script in the worker's place. While the gate is shut, the script waits at a named pipe; then it
/// becomes the real worker.
public struct WorkerGate: Sendable {
    /// To be started as the worker.
    public let program: FilePath
    private let pipe: FilePath
    private let arrivals: FilePath
    private let hook: FilePath

    init(in tree: TemporaryTree) throws {
        let directory = try tree.directory("gate")
        program = directory.appending("worker")
        pipe = directory.appending("pipe")
        arrivals = directory.appending("arrivals")
        hook = directory.appending("hook")
        let script = """
            #!/bin/sh
            if [ -f '\(hook)' ]; then . '\(hook)'; fi
            if [ -p '\(pipe)' ]; then
                echo $$ >> '\(arrivals)'
                read -r line < '\(pipe)'
            fi
            exec '\(Programs.worker)' "$@"

            """
        try ByteFile.write(script.utf8, to: program)
        try ByteFile.setMode(program, 0o755)
    }

    /// Workers that start from now on wait.
    public func shut() throws {
        if ByteFile.exists(arrivals) { try ByteFile.remove(arrivals) }
        try ByteFile.makePipe(pipe)
    }

    /// Lines that the shell runs before each worker, in the process that becomes it; its parent is the daemon.
    public func runBeforeEachWorker(_ lines: String) throws { try ByteFile.write(lines.utf8, to: hook) }

    /// Workers are started as usual again.
    public func runNothingBeforeWorkers() throws { try ByteFile.remove(hook) }

    /// Lets all go on.
    public func open() {
        // Opening a pipe for both directions never waits (fifo(7)), and ends the wait of those who opened it to read.
        guard let end = try? FileDescriptor.open(pipe, .readWrite, options: .nonBlocking) else { return }
        try? ByteFile.remove(pipe)  // Another test's end has removed the tree.
        try? end.close()  // Nothing was written.
    }

    /// Waits until a worker waits at the gate.
    public func waitForArrival() async throws {
        guard await eventually({ ByteFile.exists(arrivals) }) else {
            throw FixtureError("no worker came to the gate")
        }
    }
}
