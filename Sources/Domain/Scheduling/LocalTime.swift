/// A day of the week, from Sunday (0) as `strftime('%w')` counts.
public enum Weekday: Int, Sendable, Hashable, CaseIterable {
    case sunday, monday, tuesday, wednesday, thursday, friday, saturday

    /// The first three letters of its English name, in lower case.
    public var shortName: String { String("\(self)".prefix(3)) }

    var previous: Weekday { Weekday(rawValue: (rawValue + 6) % 7) ?? .sunday }
}

/// What the clock on the wall shows: no date, no time zone.
public struct LocalTime: Sendable, Hashable {
    public let weekday: Weekday
    /// 0…86,399; a leap second counts as the one before.
    public let secondOfDay: Int

    public init(weekday: Weekday, secondOfDay: Int) {
        self.weekday = weekday
        self.secondOfDay = min(max(secondOfDay, 0), 86_399)
    }
}
