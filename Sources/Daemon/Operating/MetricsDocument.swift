/// Metrics in Prometheus' text format (prometheus.io/docs/instrumenting/exposition_formats, version 0.0.4). Pure.
struct MetricsDocument: Sendable, Hashable {
    enum Kind: String, Sendable {
        case counter, gauge
    }

    private(set) var text = ""

    /// Adds a metric with its help and all its samples. Names follow prometheus.io/docs/practices/naming: the unit last,
    /// `_total` for counters.
    mutating func add(
        _ name: String, _ kind: Kind, _ help: String, _ samples: [(labels: [(String, String)], value: Double)]
    ) {
        let full = "understudy_\(name)"
        text += "# HELP \(full) \(MetricsDocument.escaped(help, quotes: false))\n# TYPE \(full) \(kind.rawValue)\n"
        for sample in samples {
            let labels = sample.labels.map { "\($0)=\"\(MetricsDocument.escaped($1, quotes: true))\"" }
            text += full + (labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}") + " "
            text += MetricsDocument.number(sample.value) + "\n"
        }
    }

    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        add(name, kind, help, [([], value)])
    }

    /// One sample for each key, in the order of the keys.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, by label: String, _ values: [String: Int]) {
        add(
            name, kind, help,
            values.sorted { $0.key < $1.key }.map { ([(label, $0.key)], Double($0.value)) })
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        let lines = text.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        return quotes ? lines.replacing("\"", with: "\\\"") : lines
    }
}
