import Catalog
import Domain
import SystemPackage
import UnixSignals

/// `status --watch`: the screen anew each second, or a line at each change, until a signal.
struct StatusWatch: Sendable {
    let catalog: Catalog
    let directory: FilePath
    let isJSON: Bool

    private static let pause = Duration.seconds(1)

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in signals { return } }
            group.addTask { try await self.show() }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func show() async throws {
        let isScreen = Terminal.isInteractive && !isJSON
        if isScreen { Terminal.write("\u{1B}[2J") }
        var last = ""
        while !Task.isCancelled {
            let overview = try await StatusCommand.overview(catalog, directory)
            if isScreen {
                let size = Terminal.size
                Terminal.write(
                    StatusWatch.frame(overview.lines(columns: size.columns), columns: size.columns, rows: size.rows))
            } else {
                let line = isJSON ? try overview.json(isOneLine: true) : overview.summary
                if line != last { Terminal.write(line + "\n") }
                last = line
            }
            try? await Task.sleep(for: StatusWatch.pause)  // Cancelled: the loop ends at its condition.
        }
    }

    /// One drawing of the screen, cut to its size. ECMA-48: cursor to the corner, erase to the end of each line, and of
    /// the screen.
    static func frame(_ lines: [String], columns: Int, rows: Int) -> String {
        let shown = lines.prefix(max(rows - 1, 1)).map { String($0.prefix(columns)) + "\u{1B}[K\r\n" }
        return "\u{1B}[H" + shown.joined() + "\u{1B}[J"
    }
}
