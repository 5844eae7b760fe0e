import Domain
import Testing

@Suite struct FrameSizeTests {
    struct Row: Sendable, CustomStringConvertible {
        let coded: (Int, Int)
        var aspect = (1, 1)
        let proxy: (Int, Int)
        var shorterSide = 480
        var description: String { "\(coded) \(aspect)" }
    }

    @Test(arguments: [
        Row(coded: (1920, 1080), proxy: (854, 480)), Row(coded: (1080, 1920), proxy: (480, 854)),
        Row(coded: (3840, 2160), proxy: (854, 480)), Row(coded: (4096, 2160), proxy: (910, 480)),
        Row(coded: (720, 480), aspect: (8, 9), proxy: (640, 480)),
        Row(coded: (720, 480), aspect: (32, 27), proxy: (854, 480)),
        Row(coded: (720, 576), aspect: (16, 15), proxy: (640, 480)),
        Row(coded: (1440, 1080), aspect: (4, 3), proxy: (854, 480)),
        Row(coded: (1440, 1080), proxy: (640, 480)), Row(coded: (640, 480), proxy: (640, 480)),
        Row(coded: (293, 178), proxy: (292, 178)), Row(coded: (80, 46), proxy: (80, 46)),
        Row(coded: (853, 480), proxy: (852, 480)), Row(coded: (480, 853), proxy: (480, 852)),
        Row(coded: (176, 144), aspect: (12, 11), proxy: (192, 144)), Row(coded: (81, 47), proxy: (80, 46)),
        Row(coded: (2, 2), proxy: (2, 2)), Row(coded: (1, 1), proxy: (2, 2)), Row(coded: (1000, 1), proxy: (1000, 2)),
        Row(coded: (1920, 1080), aspect: (0, 0), proxy: (854, 480)),
        Row(coded: (1920, 1080), proxy: (1280, 720), shorterSide: 720),
        Row(coded: (1920, 1080), proxy: (640, 360), shorterSide: 361),
    ])
    func sizes(row: Row) {
        let size = FrameSize.ofProxy(
            coded: FrameSize(width: row.coded.0, height: row.coded.1),
            sampleAspect: (numerator: row.aspect.0, denominator: row.aspect.1), shorterSide: row.shorterSide)
        #expect(size == FrameSize(width: row.proxy.0, height: row.proxy.1))
    }

    @Test func absurdAspectRatiosDoNotTrap() {
        let extremes = [1, 2, 480, 65_535, Int(Int32.max)]
        for width in extremes {
            for height in extremes {
                for numerator in extremes {
                    for denominator in extremes {
                        let size = FrameSize.ofProxy(
                            coded: FrameSize(width: width, height: height), sampleAspect: (numerator, denominator),
                            shorterSide: 480)
                        #expect(size.width >= 2 && size.height >= 2)
                        #expect(size.width.isMultiple(of: 2) && size.height.isMultiple(of: 2))
                    }
                }
            }
        }
    }
}
