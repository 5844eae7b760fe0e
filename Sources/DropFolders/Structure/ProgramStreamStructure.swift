import Domain

/// MPEG program streams (ISO/IEC 13818-1, section 2.5.3): an end code proves the end; many complete files lack it.
enum ProgramStreamStructure {
    static func structure(of bytes: some ByteSource) -> ContainerStructure {
        bytes.exactly(4, at: bytes.sizeBytes - 4) == [0, 0, 1, 0xB9] ? .whole : .cannotTell
    }
}
