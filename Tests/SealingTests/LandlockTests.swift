import Testing

@testable import Sealing

@Suite struct LandlockTests {
    /// linux/landlock.h and the table in Documentation/userspace-api/landlock.rst.
    @Test(arguments: [
        (Int32(0), UInt64(0), UInt64(0), UInt64(0), 8), (1, 0x1fff, 0, 0, 8), (2, 0x3fff, 0, 0, 8),
        (3, 0x7fff, 0, 0, 8), (4, 0x7fff, 3, 0, 16), (5, 0xffff, 3, 0, 16), (6, 0xffff, 3, 3, 24),
        (7, 0xffff, 3, 3, 24), (99, 0xffff, 3, 3, 24),
    ])
    func everyABIIsAskedForAllThatItKnows(
        abi: Int32, files: UInt64, network: UInt64, scopes: UInt64, size: Int
    ) {
        #expect(Landlock.fileRights(inABI: abi) == files)
        #expect(Landlock.networkRights(inABI: abi) == network)
        #expect(Landlock.scopes(inABI: abi) == scopes)
        #expect(Landlock.attributesSize(inABI: abi) == size)
    }
}
