import Domain

/// Asks a container's own structure whether the file is whole. Decodes nothing; reads little; pure over its bytes.
///
/// `whole` proves the end and never the middle. `cutShort` is a veto for good, so that it is said only where no
/// complete file looks so; everything doubtful is `cannotTell`, and time decides.
enum StructureCheck {
    static func structure(of bytes: some ByteSource) -> ContainerStructure {
        guard let head = bytes.exactly(16, at: 0) else { return .cannotTell }
        if IsoMediaStructure.recognizes(head) { return IsoMediaStructure.structure(of: bytes) }
        if head.starts(with: MatroskaStructure.magic) { return MatroskaStructure.structure(of: bytes) }
        if head.starts(with: Array("RIFF".utf8)) { return RiffStructure.structure(of: bytes, head: head) }
        if head.starts(with: MxfStructure.partitionKey) { return MxfStructure.structure(of: bytes) }
        if head.starts(with: AsfStructure.headerObject) { return AsfStructure.structure(of: bytes) }
        if head.starts(with: Array("FLV".utf8)) { return FlashVideoStructure.structure(of: bytes) }
        if head.starts(with: [0, 0, 1, 0xBA]) { return ProgramStreamStructure.structure(of: bytes) }
        if head.starts(with: Array("DHAV".utf8)) { return DhavStructure.structure(of: bytes) }
        return TransportStreamStructure.structure(of: bytes)
    }
}
