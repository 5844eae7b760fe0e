import Domain

/// libFuzzer's entry point (https://llvm.org/docs/LibFuzzer.html): every structural check over bytes of its making.
///
/// Ends the process where a check reads past its limits; the sanitizers end it for everything else.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let bytes = FuzzedBytes(Array(UnsafeBufferPointer(start: start, count: count)))
    _ = StructureCheck.structure(of: bytes)
    return 0
}

/// The fuzzer's bytes. The first two make the file longer than it is: a size is all that most checks look at, and the
/// fuzzer cannot make files of gigabytes.
private final class FuzzedBytes: ByteSource {
    private let bytes: [UInt8]
    let sizeBytes: Int64
    private var reads = 0

    init(_ input: [UInt8]) {
        bytes = Array(input.dropFirst(2))
        let scale = input.prefix(2).littleEndian
        sizeBytes = Int64(bytes.count) + (scale & 1 == 0 ? 0 : Int64(1) << (scale % 62))
    }

    func read(at offset: Int64, count: Int) -> [UInt8] {
        reads += 1
        precondition(reads <= 4 * ByteReading.mostBoxes, "reads without end")
        precondition(offset >= 0 && count >= 0 && count <= ByteReading.longestRead, "reads beyond its limits")
        guard offset < sizeBytes else { return [] }
        let end = min(Int64(count), sizeBytes - offset) + offset
        if end <= Int64(bytes.count) { return Array(bytes[Int(offset)..<Int(end)]) }
        // What the file has beyond the fuzzer's bytes is a repetition of them.
        guard !bytes.isEmpty else { return [UInt8](repeating: 0, count: Int(end - offset)) }
        return (offset..<end).map { bytes[Int($0 % Int64(bytes.count))] }
    }
}
