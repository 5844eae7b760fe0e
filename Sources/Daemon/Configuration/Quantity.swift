/// Numbers with units, as the configuration writes them.
enum Quantity {
    /// `500ms`, `10s`, `10m` (or `min`), `2h`, `1d`; blanks before the unit are allowed.
    static func duration(_ text: String) -> Duration? {
        guard let (number, unit) = split(text) else { return nil }
        let seconds: Double? =
            switch unit {
            case "ms": number / 1000
            case "s", "sec": number
            case "m", "min": number * 60
            case "h": number * 3600
            case "d": number * 86400
            default: nil
            }
        guard let seconds, seconds <= 366 * 86400 else { return nil }
        return .milliseconds(Int64((seconds * 1000).rounded()))
    }

    /// `2 GiB`, `500 MB`, `1048576` (bytes), `64k` as used for bit rates is not a size.
    static func bytes(_ text: String) -> Int64? {
        guard let (number, unit) = split(text) else { return nil }
        let factor: Double? =
            switch unit {
            case "", "b": 1
            case "kb": 1e3
            case "mb": 1e6
            case "gb": 1e9
            case "tb": 1e12
            case "kib": 1024
            case "mib": 1_048_576
            case "gib": 1_073_741_824
            case "tib": 1_099_511_627_776
            default: nil
            }
        guard let factor, number * factor < 9e18 else { return nil }
        return Int64(number * factor)
    }

    /// `64k` or `64000`, in kilobits per second.
    static func kilobitsPerSecond(_ text: String) -> Int? {
        guard let (number, unit) = split(text), number < 1e9 else { return nil }
        return switch unit {
        case "k", "kb", "kbit", "kbps", "kbit/s": Int(number)
        case "": Int(number / 1000)
        default: nil
        }
    }

    private static func split(_ text: String) -> (Double, unit: String)? {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        guard let number = Double(digits), number.isFinite, number >= 0 else { return nil }
        return (number, text[digits.endIndex...].filter { $0 != " " }.lowercased())
    }
}
