import Domain

/// The mark that the macOS Finder keeps on a file while it copies, and leaves on one whose copy broke off: type `brok`
/// and creator `MACS` (`kFirstMagicBusyFiletype`, `kMagicBusyCreationDate` in CarbonCore's Finder.h).
///
/// File servers keep the Finder's information in different places: Samba's vfs_fruit in an AppleDouble file `._name`
/// (`fruit:metadata = netatalk` and `stream` without streams_xattr) or in an extended attribute (vfs_streams_xattr),
/// netatalk in an extended attribute of its own.
enum FinderMark {
    private static let busy = Array("brokMACS".utf8)
    /// Entry of the Finder's information in an AppleDouble header (RFC 1740, appendix A).
    private static let finderEntry: UInt64 = 9
    private static let magic: [UInt8] = [0x00, 0x05, 0x16, 0x07]

    /// Whether the Finder is still copying this file, or has given it up.
    static func isBusy(_ file: borrowing ProbedFile, at location: OriginalLocation) -> Bool {
        if let stream = file.extendedAttribute("user.DosStream.AFP_AfpInfo:$DATA"), isBusy(afpInfo: stream) {
            return true
        }
        if let entries = file.extendedAttribute("user.org.netatalk.Metadata"), isBusy(appleDouble: entries) {
            return true
        }
        guard let name = location.path.fileName else { return false }
        let neighbour = FileName(bytes: Array("._".utf8) + name.bytes)
        return ProbedFile.head(ofNeighbour: neighbour, of: location).map { isBusy(appleDouble: $0) } ?? false
    }

    /// Samba's AFP_AfpInfo stream: signature `AFP`, version, a reserved word, a date, then the Finder's information
    /// (source3/lib/adouble.h, `AfpInfo`).
    static func isBusy(afpInfo bytes: [UInt8]) -> Bool {
        bytes.count >= 24 && bytes.starts(with: [0x41, 0x46, 0x50, 0x00]) && bytes[16..<24].elementsEqual(busy)
    }

    /// An AppleDouble header: magic, version, 16 bytes, the number of entries, then 12 bytes for each (RFC 1740).
    static func isBusy(appleDouble bytes: [UInt8]) -> Bool {
        guard bytes.count >= 26, bytes.starts(with: magic) else { return false }
        let count = Int(bytes[24..<26].bigEndian)
        for index in 0..<count {
            let start = 26 + 12 * index
            guard start + 12 <= bytes.count else { return false }
            guard bytes[start..<start + 4].bigEndian == finderEntry else { continue }
            let place = Int(bytes[start + 4..<start + 8].bigEndian)
            guard place <= bytes.count - busy.count else { return false }
            return bytes[place..<place + busy.count].elementsEqual(busy)
        }
        return false
    }
}
