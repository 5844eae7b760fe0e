import SystemPackage
import TestSupport
import Testing

@testable import LocalSockets

@Suite struct SocketTests {
    @Test func messagesKeepTheirBordersAndCarryDescriptors() throws {
        let (ours, theirs) = try SequencedSocket.pair()
        let peer = SequencedSocket(owning: theirs)
        let null = try FileDescriptor.open(FilePath("/dev/null"), .readOnly)
        defer { try? null.close() }
        try ours.send([1, 2, 3], with: [null, null])
        try ours.send([4])
        let first = try #require(try peer.receive(maximumBytes: 16))
        #expect(first.message == [1, 2, 3])
        #expect(first.descriptors.count == 2)
        for descriptor in first.descriptors { try descriptor.close() }
        #expect(try peer.receive(maximumBytes: 16)?.message == [4])
    }

    @Test func messageThatIsTooLongIsAnErrorAndNeverCut() throws {
        let (ours, theirs) = try SequencedSocket.pair()
        let peer = SequencedSocket(owning: theirs)
        try ours.send([UInt8](repeating: 7, count: 100))
        #expect(throws: SocketError(operation: "recvmsg", errno: .messageTooLong)) {
            try peer.receive(maximumBytes: 10)
        }
    }

    @Test func closedPeerEndsTheConversation() throws {
        let (ours, theirs) = try SequencedSocket.pair()
        try theirs.close()
        #expect(try ours.receive(maximumBytes: 16) == nil)
        #expect(throws: SocketError.self) { try ours.send([1]) }
    }

    @Test func listenerAnswersAtAPathLongerThanAnAddressHolds() throws {
        let directory = try TemporaryTree.make(nameLength: 150)
        defer { directory.remove() }
        let path = directory.path.appending("control.sock")
        let listener = try SocketListener.listen(at: path, mode: [.ownerReadWrite])
        let client = try SocketListener.connect(to: path)
        let server = try #require(try listener.accept())
        try client.send([1])
        #expect(try server.receive(maximumBytes: 4)?.message == [1])
        listener.shutDown()
        #expect(throws: SocketError.self) { try SocketListener.connect(to: path) }
    }
}
