/// The hours in which jobs may start. Pure.
///
/// Compared with the clock on the wall, again and again: in the night in which the clocks go forward, a window that lies
/// in the missing hour does not come; in the night in which they go back, one in the repeated hour comes twice.
public struct Schedule: Sendable, Hashable {
    /// From one time of the day to another; where it passes midnight it belongs to the day on which it begins.
    public struct Window: Sendable, Hashable {
        /// The days on which it begins.
        public let days: Set<Weekday>
        /// Minutes since midnight: 0…1439, and 1…1440.
        public let start: Int
        public let end: Int

        /// `22:00-06:00`, or with days `sat,sun 00:00-24:00`, `mon-fri 19:30-07:00`.
        public init?(_ text: String) {
            let words = text.lowercased().split(separator: " ")
            guard (1...2).contains(words.count),
                let hours = words.last?.split(separator: "-", omittingEmptySubsequences: false),
                hours.count == 2,
                let start = Window.minute(hours[0]), let end = Window.minute(hours[1]), start < 1440, end > 0,
                start != end, let days = words.count == 2 ? Window.days(words[0]) : Set(Weekday.allCases)
            else { return nil }
            self.days = days
            self.start = start
            self.end = end
        }

        func contains(_ time: LocalTime) -> Bool {
            let minute = time.secondOfDay / 60
            guard start > end else { return days.contains(time.weekday) && (start..<end).contains(minute) }
            return (minute >= start && days.contains(time.weekday))
                || (minute < end && days.contains(time.weekday.previous))
        }

        private static func minute(_ text: Substring) -> Int? {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ (1...2).contains($0.count) && $0.allSatisfy(\.isNumber) }),
                let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60,
                hour < 24 || (hour, minute) == (24, 0)
            else { return nil }
            return hour * 60 + minute
        }

        private static func days(_ text: Substring) -> Set<Weekday>? {
            var days: Set<Weekday> = []
            for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { name in
                    Weekday.allCases.first { $0.shortName == name }
                }
                guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1] else {
                    return nil
                }
                // From Friday to Monday passes Sunday.
                let count = (last.rawValue - first.rawValue + 7) % 7
                for offset in 0...count { days.insert(Weekday.allCases[(first.rawValue + offset) % 7]) }
            }
            return days
        }
    }

    public let windows: [Window]

    public init(_ windows: [Window]) { self.windows = windows }

    /// Whether jobs may start.
    public func isOpen(at time: LocalTime) -> Bool { windows.contains { $0.contains(time) } }
}
