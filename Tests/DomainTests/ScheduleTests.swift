import Domain
import Testing

@Suite struct ScheduleTests {
    private static func at(_ day: Weekday, _ hour: Int, _ minute: Int = 0, _ second: Int = 0) -> LocalTime {
        LocalTime(weekday: day, secondOfDay: hour * 3600 + minute * 60 + second)
    }

    @Test(arguments: [
        ("22:00-06:00", at(.monday, 22), true), ("22:00-06:00", at(.monday, 21, 59, 59), false),
        ("22:00-06:00", at(.tuesday, 5, 59, 59), true), ("22:00-06:00", at(.tuesday, 6), false),
        ("08:30-17:00", at(.sunday, 8, 30), true), ("08:30-17:00", at(.sunday, 17), false),
        ("sat,sun 00:00-24:00", at(.saturday, 23, 59, 59), true), ("sat,sun 00:00-24:00", at(.monday, 0), false),
        // A window belongs to the day on which it begins.
        ("fri 22:00-06:00", at(.saturday, 3), true), ("fri 22:00-06:00", at(.friday, 3), false),
        ("fri-mon 12:00-13:00", at(.sunday, 12, 30), true), ("fri-mon 12:00-13:00", at(.tuesday, 12, 30), false),
        ("Mon-Fri 19:30-7:00", at(.saturday, 6, 59), true),
    ])
    func windowContains(text: String, time: LocalTime, isOpen: Bool) throws {
        let window = try #require(Schedule.Window(text))
        #expect(Schedule([window]).isOpen(at: time) == isOpen)
    }

    @Test(arguments: [
        "", "22:00", "22-06", "25:00-06:00", "22:60-06:00", "10:00-10:00", "24:00-06:00", "22:00-00:00 mon",
        "someday 22:00-06:00", "mon- 22:00-06:00", "22:00-06:00-07:00", "-1:00-06:00", "mon tue 01:00-02:00",
    ])
    func nonsenseIsRefused(text: String) { #expect(Schedule.Window(text) == nil) }

    @Test func anyWindowOpens() throws {
        let schedule = Schedule(try ["01:00-02:00", "22:00-06:00"].map { try #require(Schedule.Window($0)) })
        #expect(schedule.isOpen(at: ScheduleTests.at(.monday, 1, 30)))
        #expect(schedule.isOpen(at: ScheduleTests.at(.monday, 23)))
        #expect(!schedule.isOpen(at: ScheduleTests.at(.monday, 12)))
        #expect(!Schedule([]).isOpen(at: ScheduleTests.at(.monday, 12)))
    }
}
