import SystemPackage
import Testing

@testable import Inotify

@Suite struct InotifyReaderTests {
    private func events(_ batch: InotifyBatch?) -> [InotifyEvent] {
        guard case .events(let events)? = batch else { return [] }
        return events
    }

    @Test func missingPathAndFileAreDistinctErrors() throws {
        let inotify = try InotifyDescriptor()
        #expect {
            try inotify.addWatch("/nowhere/at/all", mask: .create)
        } throws: {
            ($0 as? InotifyError)?.code == .gone
        }
        #expect {
            try inotify.addWatch("/proc/self/mountinfo", mask: [.create, .onlyDirectory])
        } throws: {
            ($0 as? InotifyError)?.code == .notDirectory
        }
    }

    @Test(arguments: [
        (Errno.noSpace, InotifyError.Code.watchLimit), (.tooManyOpenFiles, .instanceLimit),
        (.tooManyOpenFilesInSystem, .instanceLimit), (.permissionDenied, .permissionDenied), (.ioError, .system),
    ])
    func errorNumbersHaveCodes(errno: Errno, code: InotifyError.Code) {
        #expect(InotifyError(operation: "inotify_add_watch", errno: errno).code == code)
    }

    @Test func eventsOfAWatchArriveAndTheStreamEndsWithStop() async throws {
        let folder = try TestFolder()
        let inotify = try InotifyDescriptor()
        let reader = try InotifyReader(inotify)
        let watch = try inotify.addWatch(folder.path, mask: [.create, .closeWrite])
        #expect(try inotify.addWatch(folder.path, mask: [.create, .closeWrite]) == watch)
        try reader.start()
        var batches = reader.batches.makeAsyncIterator()
        try folder.touch("a.mp4")
        var got: [InotifyEvent] = []
        while got.count < 2 { got += events(await batches.next()) }
        #expect(got.map(\.mask) == [.create, .closeWrite])
        #expect(got.allSatisfy { $0.name == Array("a.mp4".utf8) && $0.watch == watch })
        inotify.removeWatch(watch)
        #expect(events(await batches.next()).map(\.mask) == [.ignored])
        reader.stop()
        while await batches.next() != nil {}
    }

    @Test func droppedBatchesEndInAnOverflow() async throws {
        let folder = try TestFolder()
        let inotify = try InotifyDescriptor()
        let reader = try InotifyReader(inotify, bufferedBatches: 2, watchingMounts: false)
        _ = try inotify.addWatch(folder.path, mask: .create)
        try reader.start()
        // Each file is a read of its own at worst, and all are one at best: until a batch is lost.
        var last: InotifyBatch?
        for number in 0..<20_000 { try folder.touch("f\(number)") }
        var batches = reader.batches.makeAsyncIterator()
        while last != .overflow { last = await batches.next() }
        #expect(last == .overflow)
        reader.stop()
    }
}
