import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Programs that write to the disk itself.
@Suite(.serialized) struct LocalUploadTests {
    @Test func everyProgramGetsOneJobWhenItIsDoneAndNoneWhenItIsKilled() async throws {
        try await DaemonFixture.with { fixture in
            try await UploadMatrix.run(copiesAndMoves + rsync, on: fixture)
        }
    }

    @Test(.enabled(if: Privileges.canMount, "needs the right to mount"))
    func movesBetweenFileSystemsGetOneJobEachWhenTheyAreWhole() async throws {
        try await DaemonFixture.with { fixture in
            let elsewhere = try fixture.tree.directory("elsewhere")
            let inside = try fixture.tree.directory("root/onto-memory")
            let mounts = [elsewhere, inside]
            for place in mounts {
                try await Command.output("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", place.string])
            }
            let failure: (any Error)?
            do {
                try await UploadMatrix.run(
                    [
                        Writer("mv-from-another-file-system", time: .changed) { upload in
                            let copy = elsewhere.appending("copy").string
                            try await upload.run("cp", [upload.source.string, copy])
                            try await upload.run("mv", [copy, upload.target.string])
                        },
                        Writer("onto-memory", time: .changed) { upload in
                            let copy = upload.scratch.appending("copy").string
                            try await upload.run("cp", [upload.source.string, copy])
                            try await upload.run("mv", [copy, upload.target.string])
                        },
                    ], on: fixture)
                failure = nil
            } catch { failure = error }
            _ = try await fixture.stop()
            for place in mounts { try await Command.output("umount", [place.string]) }
            if let failure { throw failure }
        }
    }

    private var copiesAndMoves: [Writer] {
        [
            Writer("cp") { try await $0.run("cp", [$0.source.string, $0.target.string]) },
            Writer("cp-transport-stream", .transport) {
                try await $0.run("cp", [$0.source.string, $0.target.string])
            },
            Writer("cp-p", time: .changed) {
                try await $0.run("cp", ["-p", $0.source.string, $0.target.string])
            },
            Writer("cp-killed", .indexInFront, .incomplete) { upload in
                // It copies from a pipe that is slow, or it would be done too soon.
                let script = """
                    mkfifo pipe && { while head -c 50000 "$1"; do sleep 0.05; done >pipe 2>/dev/null & }
                    exec cp --copy-contents pipe "$2"
                    """
                let words = ["-c", "cd \(upload.scratch) && \(script)", "bash"]
                try await upload.interrupt("bash", words + [upload.source.string, upload.target.string])
            },
            Writer("mv", time: .changed) { upload in
                let copy = upload.scratch.appending("copy").string
                try await upload.run("cp", [upload.source.string, copy])
                try await upload.run("mv", [copy, upload.target.string])
            },
            Writer("ln", time: .changed) { upload in
                let copy = upload.scratch.appending("copy").string
                try await upload.run("cp", [upload.source.string, copy])
                try await upload.run("ln", [copy, upload.target.string])
            },
            .python(
                "temporary-name",
                script: """
                    fd = os.open(target + '.part', CREATE)
                    for start, piece in pieces(4):
                        write(fd, piece)
                        time.sleep(0.2)
                    os.close(fd)
                    last_byte()
                    os.rename(target + '.part', target)
                    """),
        ]
    }

    private var rsync: [Writer] {
        // There is time to interrupt.
        let slowly = "--bwlimit=1000"
        return [
            // Sets the time and renames: the kernel's change time is that of the rename.
            Writer("rsync", time: .changed) { try await $0.rsync(["-a"]) },
            Writer("rsync-transport-stream", .transport, time: .changed) { try await $0.rsync(["-a"]) },
            Writer("rsync-partial-rerun", time: .changed) { upload in
                try await upload.interruptRsync(["-a", "--partial", slowly])
                try await upload.waitUntilIncomplete()
                try await upload.rsync(["-a", "--partial"])
            },
            // Here rsync's own mark of an interrupted file, the modification time 0, is all there is.
            Writer("rsync-partial-killed", .transport, .incomplete) {
                try await $0.interruptRsync(["-a", "--partial", slowly])
            },
            // Its temporary file stays.
            Writer("rsync-killed", .transport, .unseen) { try await $0.interruptRsync(["-a", slowly], with: .kill) },
            // These write under the final name. They set the time once the file is closed, which is once its job may
            // have begun, so that only those that set none (`-r`) can be held against the kernel's.
            Writer("rsync-inplace") { try await $0.rsync(["-r", "--inplace", slowly]) },
            Writer("rsync-inplace-times", time: .told) { try await $0.rsync(["-a", "--inplace", slowly]) },
            Writer("rsync-inplace-rerun", .indexInFront) { upload in
                try await upload.interruptRsync(["-r", "--inplace", slowly])
                try await upload.waitUntilIncomplete()
                try await upload.rsync(["-r", "--inplace", slowly])
            },
            Writer("rsync-append-rerun") { upload in
                try await upload.interruptRsync(["-r", "--append", slowly])
                try await upload.waitUntilIncomplete()
                try await upload.rsync(["-r", "--append", slowly])
            },
            Writer("rsync-inplace-killed", .indexAtEnd, .incomplete) {
                try await $0.interruptRsync(["-a", "--inplace", slowly])
            },
            Writer("rsync-append-killed", .indexInFront, .incomplete) {
                try await $0.interruptRsync(["-a", "--append", slowly])
            },
        ]
    }
}

extension Upload {
    fileprivate func rsync(_ options: [String]) async throws {
        try await run("rsync", options + [source.string, target.string])
    }

    /// rsync answers SIGTERM by keeping what it has, where it was told to (rsync(1), "--partial").
    fileprivate func interruptRsync(_ options: [String], with signal: Signal = .terminate) async throws {
        try await interrupt("rsync", options + [source.string, target.string], with: signal)
    }
}
