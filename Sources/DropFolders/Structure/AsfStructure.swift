import Domain

/// ASF and WMV (Advanced Systems Format specification 01.20.05, section 2): objects from the start to the end.
enum AsfStructure {
    static let headerObject: [UInt8] = [
        0x30, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, 0xA6, 0xD9, 0x00, 0xAA, 0x00, 0x62, 0xCE, 0x6C,
    ]
    private static let dataObject: [UInt8] = [
        0x36, 0x26, 0xB2, 0x75, 0x8E, 0x66, 0xCF, 0x11, 0xA6, 0xD9, 0x00, 0xAA, 0x00, 0x62, 0xCE, 0x6C,
    ]
    private static let filePropertiesObject: [UInt8] = [
        0xA1, 0xDC, 0xAB, 0x8C, 0x47, 0xA9, 0xCF, 0x11, 0x8E, 0xE4, 0x00, 0xC0, 0x0C, 0x20, 0x53, 0x65,
    ]

    static func structure(of bytes: some ByteSource) -> ContainerStructure {
        // Broadcasts do not know their own length: its fields mean nothing.
        guard !isBroadcast(bytes) else { return .cannotTell }
        var offset: Int64 = 0
        var hasData = false
        for _ in 0..<ByteReading.mostBoxes {
            if offset == bytes.sizeBytes { return hasData ? .whole : .cannotTell }
            guard let header = bytes.exactly(24, at: offset) else { return .cannotTell }
            guard let size = Int64(exactly: header[16..<24].littleEndian), size >= 24 else { return .cannotTell }
            let (end, overflow) = offset.addingReportingOverflow(size)
            guard !overflow else { return .cannotTell }
            let isData = header.starts(with: dataObject)
            guard end <= bytes.sizeBytes else {
                let isKnown = isData || header.starts(with: headerObject)
                return isKnown || hasData ? .cutShort(missingBytes: end - bytes.sizeBytes) : .cannotTell
            }
            hasData = hasData || isData
            offset = end
        }
        return .cannotTell
    }

    private static func isBroadcast(_ bytes: some ByteSource) -> Bool {
        let head = bytes.read(at: 0, count: ByteReading.longestRead)
        guard let place = head.firstRange(of: filePropertiesObject)?.lowerBound, head.count > place + 88 else {
            return true
        }
        return head[place + 88] & 1 == 1
    }
}
