import ArgumentParser
import Daemon
import Glibc

/// The program as `main` runs it.
public enum Program {
    /// To be called first, by the only thread.
    public static func begin() { Inheritance.keepRights() }

    public static func run() async {
        // A reader that goes away (`understudy list | head`) is an error of the write, not a signal.
        _ = signal(SIGPIPE, SIG_IGN)
        await UnderstudyCommand.main()
    }
}
