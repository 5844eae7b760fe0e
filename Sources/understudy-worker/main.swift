// A worker: one process for one request. It is given descriptors and never a name, answers on its standard input,
// which is one end of a sequenced-packet socket, and exits. See WorkerProtocol.

import CLinux
import Glibc
import LibAV
import LocalSockets
import Sealing
import SystemPackage
import Transcoding
import WorkerProtocol

// UNSAFE: clearenv and setenv take and return pointers; nothing else runs yet that could read the environment.

// A lost supervisor shows as an error of the write, not as a signal.
_ = signal(SIGPIPE, SIG_IGN)

guard clinux_socket_type(STDIN_FILENO) == SOCK_SEQPACKET.rawValue else {
    let usage = """
        understudy-worker is started by understudy and cannot be used by hand.
        To make proxies, run `understudy serve` or `understudy once DIRECTORY`.

        """
    // There is nobody else to tell.
    _ = try? FileDescriptor.standardError.writeAll(usage.utf8)
    exit(WorkerExit.noChannel.rawValue)
}

// A worker without a supervisor has nobody to work for. A failure only makes it end later, at its next message.
_ = clinux_die_with_parent()
// Uploads and the daemon come first; a worker that may not step back works on as it is.
_ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
MemoryShortage.goFirst()

// Whatever the starter has let through: no variable, and no descriptor but the standard three. A time zone without a
// file, since nothing can be opened later.
closefrom(STDERR_FILENO + 1)
_ = clearenv()
_ = unsafe setenv("TZ", "UTC0", 1)
tzset()

LogCapture.install()
Preparation.run()

exit(WorkerSession(channel: SequencedSocket(owning: .standardInput)).run().rawValue)
