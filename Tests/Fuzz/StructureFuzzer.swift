import Domain

/// libFuzzer's entry point (https://llvm.org/docs/LibFuzzer.html): every structural check over bytes of its making.
///
/// The first byte chooses a check, so that none is hidden behind the magic number of its format; 0 lets the bytes
/// choose, as they do in a drop folder. Ends the process where a check reads past its limits or says what cannot be; the
/// sanitizers end it for everything else.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard count >= 3 else { return 0 }
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    let bytes = FuzzedBytes(input.dropFirst())
    let verdict = structure(of: bytes, check: input[0])
    if case .cutShort(let missing?) = verdict { precondition(missing > 0, "cut short, and nothing is missing") }
    if verdict == .whole { precondition(bytes.sizeBytes > 0, "nothing is a whole file") }
    return 0
}

private func structure(of bytes: FuzzedBytes, check: UInt8) -> ContainerStructure {
    let head = bytes.exactly(16, at: 0)
    return switch (check % 10, head) {
    case (1, _): IsoMediaStructure.structure(of: bytes)
    case (2, _): MatroskaStructure.structure(of: bytes)
    case (3, let head?): RiffStructure.structure(of: bytes, head: head)
    case (4, _): MxfStructure.structure(of: bytes)
    case (5, _): AsfStructure.structure(of: bytes)
    case (6, _): FlashVideoStructure.structure(of: bytes)
    case (7, _): ProgramStreamStructure.structure(of: bytes)
    case (8, _): DhavStructure.structure(of: bytes)
    case (9, _): TransportStreamStructure.structure(of: bytes)
    default: StructureCheck.structure(of: bytes)
    }
}

/// The fuzzer's bytes. The first two make the file longer than it is: a size is all that most checks look at, and the
/// fuzzer cannot make files of gigabytes.
private final class FuzzedBytes: ByteSource {
    private let bytes: [UInt8]
    let sizeBytes: Int64
    private var reads = 0
    private var bytesRead = 0

    init(_ input: ArraySlice<UInt8>) {
        bytes = Array(input.dropFirst(2))
        let scale = input.prefix(2).littleEndian
        sizeBytes = Int64(bytes.count) + (scale & 1 == 0 ? 0 : Int64(1) << (scale % 62))
    }

    func read(at offset: Int64, count: Int) -> [UInt8] {
        precondition(offset >= 0 && count >= 0 && count <= ByteReading.longestRead, "reads beyond its limits")
        reads += 1
        bytesRead += count
        precondition(reads <= ByteReading.mostReads, "too many reads")
        precondition(bytesRead <= ByteReading.mostBytes, "too many bytes read")
        guard offset < sizeBytes else { return [] }
        var rest = Int(min(Int64(count), sizeBytes - offset))
        guard !bytes.isEmpty else { return [UInt8](repeating: 0, count: rest) }
        // What the file has beyond the fuzzer's bytes is a repetition of them.
        var result: [UInt8] = []
        result.reserveCapacity(rest)
        var place = Int(offset % Int64(bytes.count))
        while rest > 0 {
            let piece = bytes[place..<min(place + rest, bytes.count)]
            result += piece
            rest -= piece.count
            place = 0
        }
        return result
    }
}
