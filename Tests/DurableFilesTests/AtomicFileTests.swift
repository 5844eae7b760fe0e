import Domain
import Glibc
import SystemPackage
import Testing

@testable import DurableFiles

@Suite struct AtomicFileTests {
    @Test func newContentReplacesTheOldAsAWhole() throws {
        let scratch = try Scratch()
        let path = scratch.path("a/b/clip.MOV.json")
        for text in ["first", "second, longer", ""] {
            try AtomicFile.write(Array(text.utf8), to: path, temporaryName: FileName(".understudy-t"))
            #expect(try scratch.text("a/b/clip.MOV.json") == text)
        }
        #expect(try scratch.names("a/b") == ["clip.MOV.json"])
    }

    @Test func temporaryLeftByACrashIsNoObstacle() throws {
        let scratch = try Scratch()
        try scratch.make(".understudy-t", "half")
        try AtomicFile.write([1], to: scratch.path("x"), temporaryName: FileName(".understudy-t"))
        #expect(try scratch.names() == ["x"])
    }

    @Test func directoryInTheWayIsAnErrorThatLeavesNoTemporary() throws {
        let scratch = try Scratch()
        try scratch.makeDirectory(scratch.path("x"))
        #expect(throws: Failure.self) {
            try AtomicFile.write([1], to: scratch.path("x"), temporaryName: FileName(".understudy-t"))
        }
        #expect(try scratch.names() == ["x"])
    }
}

@Suite struct StateLockTests {
    @Test func secondInstanceIsRefusedUntilTheFirstHasGone() throws {
        let scratch = try Scratch()
        var first: StateLock? = try StateLock.acquire(in: scratch.root)
        let error = #expect(throws: StateLockError.self) { _ = try StateLock.acquire(in: scratch.root) }
        #expect(error?.code == .held)
        #expect(first != nil)
        first = nil
        _ = try StateLock.acquire(in: scratch.root)
    }

    @Test func missingStateDirectorySaysSo() throws {
        let error = #expect(throws: StateLockError.self) { _ = try StateLock.acquire(in: "/no/such/directory") }
        #expect(error?.code == .unavailable)
    }
}

@Suite struct BlockingLanesTests {
    @Test func slowCallDoesNotStopTheOthers() async throws {
        let lanes = BlockingLanes(count: 2)
        var ends: [Int32] = [-1, -1]
        #expect(unsafe pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        async let slow = lanes.run { () throws(Never) -> Int in
            var byte: UInt8 = 0
            return unsafe read(reading, &byte, 1)
        }
        // Each finishes although the first one waits for the byte that comes last.
        for number in 0..<20 {
            #expect(await lanes.run { () throws(Never) -> Int in number } == number)
        }
        var byte: UInt8 = 1
        #expect(unsafe write(writing, &byte, 1) == 1)
        #expect(await slow == 1)
        _ = close(reading)
        _ = close(writing)
    }
}

@Suite struct FailureMappingTests {
    @Test(arguments: [
        (Errno.noSpace, FailureCode.diskFull), (.diskQuotaExceeded, .diskFull),
        (.readOnlyFileSystem, .destinationReadOnly), (.permissionDenied, .permissionDenied),
        (.notPermitted, .permissionDenied), (.fileNameTooLong, .nameTooLong), (.ioError, .ioError),
        (.staleNFSFileHandle, .ioError),
    ])
    func errnoOfOurFilesHasItsCode(_ error: Errno, _ code: FailureCode) {
        let failure = Failure(error, to: "create", "/srv/proxy/clip.mp4")
        #expect(failure.code == code)
        #expect(failure.message.contains("/srv/proxy/clip.mp4"))
    }

    @Test(arguments: [
        (Errno.noSuchFileOrDirectory, FailureCode.originalMissing), (.tooManySymbolicLinkLevels, .originalMissing),
        (.permissionDenied, .permissionDenied), (.ioError, .ioError), (.staleNFSFileHandle, .ioError),
    ])
    func errnoOfOriginalsHasItsCode(_ error: Errno, _ code: FailureCode) {
        #expect(Failure(error, opening: "/srv/original/clip.MOV").code == code)
    }
}
