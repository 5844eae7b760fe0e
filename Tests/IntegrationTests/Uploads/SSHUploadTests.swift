import SystemPackage
import TestSupport
import Testing

/// OpenSSH.
@Suite(.serialized) struct SSHUploadTests {
    @Test(.enabled(if: Privileges.isRoot, UploadServer.reason))
    func scpAndSFTPGetOneJobForWhatIsWholeAndNoneForWhatIsCut() async throws {
        try await DaemonFixture.with { fixture in
            try await UploadServer.sshd { _, options in
                let slowly = ["-l", "8000"]
                let host = "nobody@127.0.0.1"
                try await UploadMatrix.run(
                    [
                        Writer("scp") {
                            try await $0.run("scp", options + [$0.source.string, "\(host):\($0.target)"])
                        },
                        Writer("scp-p", time: .changed) {
                            try await $0.run("scp", options + ["-p"] + [$0.source.string, "\(host):\($0.target)"])
                        },
                        Writer("scp-killed", .indexInFront, .incomplete) {
                            try await $0.interrupt(
                                "scp", options + slowly + [$0.source.string, "\(host):\($0.target)"],
                                afterBytes: 500_000)
                        },
                        Writer("sftp") { try await $0.sftp("put", options + [], host) },
                        Writer("sftp-transport-stream", .transport) { try await $0.sftp("put", options, host) },
                        Writer("sftp-reput", .indexInFront) { upload in
                            try await upload.interrupt(
                                "sftp", options + slowly + ["-b", try upload.batch("put").string, host],
                                afterBytes: 500_000)
                            try await upload.waitUntilIncomplete()
                            try await upload.sftp("reput", options + slowly, host)
                        },
                    ], on: fixture)
            }
        }
    }
}

extension Upload {
    fileprivate func batch(_ verb: String) throws -> FilePath {
        let file = scratch.appending(verb)
        try ByteFile.write("\(verb) \(source) \(target)\n".utf8, to: file)
        return file
    }

    fileprivate func sftp(_ verb: String, _ options: [String], _ host: String) async throws {
        try await run("sftp", options + ["-b", try batch(verb).string, host])
    }
}
