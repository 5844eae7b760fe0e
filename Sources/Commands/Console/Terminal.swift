import Foundation
import Glibc

/// The terminal behind standard output, or the lack of one.
enum Terminal {
    /// Whether standard output is a terminal that can move its cursor.
    static var isInteractive: Bool {
        isatty(STDOUT_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Columns of the terminal; 80 where they cannot be told (tty_ioctl(4), `TIOCGWINSZ`).
    static var columns: Int { size.columns }

    /// Columns and rows; 80 and 24 where they cannot be told.
    static var size: (columns: Int, rows: Int) {
        // UNSAFE: ioctl fills a structure of our own; there is no safe form of it in Glibc.
        var size = winsize()
        let isKnown = unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 && size.ws_row > 0
        return isKnown ? (Int(size.ws_col), Int(size.ws_row)) : (80, 24)
    }

    static func write(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }

    /// Writes a line of the log.
    static func log(_ line: String) { FileHandle.standardError.write(Data(line.utf8)) }

    static func complain(_ text: String) { FileHandle.standardError.write(Data("understudy: \(text)\n".utf8)) }
}
