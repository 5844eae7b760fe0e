import Domain

/// Asks a container's own structure whether the file is whole. Decodes nothing; reads little; pure over its bytes.
enum StructureCheck {
    static func structure(of bytes: some ByteSource) -> ContainerStructure { .cannotTell }
}
