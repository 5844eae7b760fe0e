/// Takes the bytes of a read from an inotify descriptor apart. Pure; never traps, whatever the bytes are.
public enum InotifyEventParser {
    /// Size of `struct inotify_event` without its name: four 32-bit words in the machine's byte order.
    public static let headerBytes = 16

    /// The events in `bytes`, in order.
    ///
    /// - Returns: `nil` where the bytes do not end with a whole event. The kernel never writes such a read (inotify(7),
    ///   "Reading events"): whoever meets one must take it as lost events.
    public static func parse(_ bytes: ArraySlice<UInt8>) -> [InotifyEvent]? {
        var events: [InotifyEvent] = []
        var rest = bytes
        while !rest.isEmpty {
            guard rest.count >= headerBytes else { return nil }
            let start = rest.startIndex
            let nameLength = Int(word(rest, at: start + 12))
            guard rest.count - headerBytes >= nameLength else { return nil }
            let nameStart = start + headerBytes
            let padded = rest[nameStart..<nameStart + nameLength]
            events.append(
                InotifyEvent(
                    watch: WatchDescriptor(rawValue: Int32(bitPattern: word(rest, at: start))),
                    mask: InotifyMask(rawValue: word(rest, at: start + 4)),
                    cookie: word(rest, at: start + 8),
                    // The name is padded with zero bytes to a multiple of the header's size.
                    name: Array(padded.prefix { $0 != 0 })
                )
            )
            rest = rest[(nameStart + nameLength)...]
        }
        return events
    }

    private static func word(_ bytes: ArraySlice<UInt8>, at index: Int) -> UInt32 {
        let ordered = (0..<4).map { UInt32(bytes[index + $0]) }
        #if _endian(little)
            return ordered[0] | ordered[1] << 8 | ordered[2] << 16 | ordered[3] << 24
        #else
            return ordered[3] | ordered[2] << 8 | ordered[1] << 16 | ordered[0] << 24
        #endif
    }
}
