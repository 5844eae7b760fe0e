import Glibc

/// The character sets of texts in transport streams (ETSI EN 300 468, annex A; libavformat/mpegts.c, `getstr8`), which
/// the C library loads as files at first use (iconv(3)).
public enum CharacterSets {
    private static let names = [
        "ISO6937", "ISO-8859-1", "ISO-8859-5", "ISO-8859-6", "ISO-8859-7", "ISO-8859-8", "ISO-8859-9", "ISO-8859-10",
        "ISO-8859-11", "ISO-8859-13", "ISO-8859-14", "ISO-8859-15", "UCS-2BE", "KSC_5601", "GB2312", "BIG5", "UTF-8",
    ]

    /// Loads them for the life of the process. What is missing on this machine leaves such a text unread.
    public static func prepare() {
        for name in names { _ = unsafe iconv_open("UTF-8", name) }
    }
}
