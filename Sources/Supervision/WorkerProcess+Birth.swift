import CLinux
import Dispatch
import Glibc
import LocalSockets
import SystemPackage
import WorkerProtocol

extension WorkerProcess {
    /// How long a waiting worker may take for a birth.
    private static let longestBirthSeconds: Int32 = 10

    /// Has a waiting worker bear this one, and keeps it to its end.
    func keepNewborn(of waiting: WorkerProcess) async -> End {
        let newborn: Newborn
        do {
            newborn = try await waiting.bear(childEnd)
        } catch {
            return .notStarted("\(error)")
        }
        let complaints = TextTail(maximumBytes: WorkerProcess.keptErrorBytes)
        let over = OneShot<End>()
        // A thread of its own: it blocks until the process has ended.
        DispatchQueue(label: "understudy.worker-end").async { over.give(newborn.awaitEnd(complaints)) }
        await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                _ = await over.value
                return true
            }
            group.addTask {
                guard await self.dismissal.value == .afterItsAnswer else { return false }
                // Cancelled when the process ends.
                try? await Task.sleep(for: WorkerProcess.graceAfterAnswer)
                return false
            }
            let hasEnded = await withTaskCancellationHandler {
                await group.next()
            } onCancel: {
                self.dismiss(.now)
            }
            dismissal.give(.now)
            group.cancelAll()
            if hasEnded != true {
                newborn.signal(SIGTERM)
                let grace = DispatchTimeInterval.seconds(Int(WorkerProcess.graceAfterTerminate.components.seconds))
                DispatchQueue.global().asyncAfter(deadline: .now() + grace) { newborn.signal(SIGKILL) }
            }
        }
        return await over.value
    }

    /// Bears a worker with this end of a channel, which is closed here in any case.
    private func bear(_ channel: FileDescriptor) async throws -> Newborn {
        try await withCheckedThrowingContinuation { continuation in
            births.async { continuation.resume(with: Result { try self.bearNow(channel) }) }
        }
    }

    private func bearNow(_ channel: FileDescriptor) throws -> Newborn {
        defer { try? channel.close() }  // Nothing can be done about a failed close of a socket.
        var ends: [Int32] = [-1, -1]
        guard unsafe clinux_pipe(&ends) == 0 else { throw SocketError.last("pipe2") }
        let complaints = FileDescriptor(rawValue: ends[0])
        let childsComplaints = FileDescriptor(rawValue: ends[1])
        do {
            defer { try? childsComplaints.close() }  // As above.
            _ = clinux_limit_waiting(socket.descriptor.rawValue, WorkerProcess.longestBirthSeconds)
            try socket.send(WorkerBirth.request, with: [channel, childsComplaints])
            guard let answer = try socket.receive(maximumBytes: 64),
                let number = WorkerBirth.process(in: answer.message)
            else { throw SocketError(operation: "birth of a worker", errno: .connectionReset) }
            // It cannot have another's number: only we can wait for it, and have not.
            let process = clinux_open_process(number)
            guard process >= 0 else { throw SocketError.last("pidfd_open") }
            return Newborn(process: FileDescriptor(rawValue: process), complaints: complaints)
        } catch {
            try? complaints.close()  // As above.
            throw error
        }
    }
}
