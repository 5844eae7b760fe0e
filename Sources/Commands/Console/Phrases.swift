/// Numbers as people read them.
enum Phrases {
    /// `1.4 MB`, `812 kB`, decimal as disks are sold.
    static func size(_ bytes: Int64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return unit == 0 || value >= 99.95
            ? "\(Int(value.rounded())) \(units[unit])" : "\(oneDecimal(value)) \(units[unit])"
    }

    /// `0:07`, `12:34`, `1:02:03`.
    static func time(seconds: Int) -> String {
        let parts = [seconds / 3600, seconds / 60 % 60, seconds % 60]
        let shown = parts[0] > 0 ? parts : Array(parts[1...])
        let padded = shown.dropFirst().map { $0 < 10 ? "0\($0)" : "\($0)" }
        return ([String(shown[0])] + padded).joined(separator: ":")
    }

    static func oneDecimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(abs(tenths % 10))"
    }
}
