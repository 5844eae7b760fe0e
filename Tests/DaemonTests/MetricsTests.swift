import Testing

@testable import Daemon

@Suite struct MetricsTests {
    @Test func documentIsWrittenAsTheFormatSays() {
        var document = MetricsDocument()
        document.add("jobs", .gauge, "Jobs.", by: "status", ["running": 1, "pending": 2])
        document.add("media_seconds_total", .counter, "A \\ and\na line.", 1.5)
        document.add("free_bytes", .gauge, "Room.", [([("directory", "/a \"b\"\\\n")], 2e12)])
        document.add("nothing", .gauge, "Empty.", by: "code", [:])
        #expect(
            document.text == """
                # HELP understudy_jobs Jobs.
                # TYPE understudy_jobs gauge
                understudy_jobs{status="pending"} 2
                understudy_jobs{status="running"} 1
                # HELP understudy_media_seconds_total A \\\\ and\\na line.
                # TYPE understudy_media_seconds_total counter
                understudy_media_seconds_total 1.5
                # HELP understudy_free_bytes Room.
                # TYPE understudy_free_bytes gauge
                understudy_free_bytes{directory="/a \\"b\\"\\\\\\n"} 2000000000000
                # HELP understudy_nothing Empty.
                # TYPE understudy_nothing gauge

                """)
    }
}
