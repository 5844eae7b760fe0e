import Glibc
import SystemPackage
import TestSupport
import Testing

/// FTP, where the end of the data connection is the end of the file, whatever ended it.
@Suite(.serialized) struct FTPUploadTests {
    @Test(.enabled(if: Privileges.isRoot, UploadServer.reason))
    func uploadGetsOneJobWhenItIsWholeAndNoneWhenItIsCut() async throws {
        try await DaemonFixture.with { fixture in
            try await UploadServer.vsftpd(fixture.root) { vsftpd in
                try await UploadServer.proftpd(fixture.root, hiddenStores: false) { proftpd in
                    try await UploadServer.proftpd(fixture.root, hiddenStores: true) { hidden in
                        let anonymous = "ftp://127.0.0.1:\(vsftpd.port)"
                        let user = "ftp://camera:secret@127.0.0.1:"
                        try await UploadMatrix.run(
                            FTPUploadTests.curl("vsftpd", base: anonymous) + FTPUploadTests.lftp(base: anonymous)
                                + FTPUploadTests.curl("proftpd", base: user + proftpd.port)
                                + FTPUploadTests.attributes(base: user + proftpd.port)
                                // The server renames its temporary file even where the client was killed.
                                + FTPUploadTests.curl("hidden-stores", base: user + hidden.port), on: fixture)
                    }
                }
            }
        }
    }

    private static func curl(_ name: String, base: String) -> [Writer] {
        [
            Writer("\(name)-whole") { try await $0.curl(base, []) },
            Writer("\(name)-transport-stream", .transport) { try await $0.curl(base, ["--limit-rate", "1500K"]) },
            Writer("\(name)-killed", .indexAtEnd, .incomplete) { try await $0.interruptCurl(base) },
            Writer("\(name)-killed-index-in-front", .indexInFront, .incomplete) { try await $0.interruptCurl(base) },
            Writer("\(name)-resumed", .indexInFront) { upload in
                try await upload.interruptCurl(base)
                try await upload.waitUntilIncomplete()
                try await upload.curl(base, ["--continue-at", "-", "--limit-rate", "1000K"])
            },
        ]
    }

    private static func lftp(base: String) -> [Writer] {
        let temporaryName = "set xfer:use-temp-file yes; set xfer:temp-file-name .in.*; "
        return [
            Writer("lftp") { try await $0.lftp(base, "") },
            Writer("lftp-temporary-name", time: .changed) { try await $0.lftp(base, temporaryName) },
        ]
    }

    /// Clients that set time and mode once the file is closed, which is once its job may have begun.
    private static func attributes(base: String) -> [Writer] {
        let commands = ["-MFMT 20200102030405 clip.mp4", "-SITE CHMOD 640 clip.mp4"]
        return [
            Writer("proftpd-time-and-mode", time: .told) { upload in
                try await upload.curl(base, commands.flatMap { ["-Q", $0] })
                let status = try ByteFile.status(upload.target)
                #expect(status.st_mtim.tv_sec == 1_577_934_245 && status.st_mode & 0o777 == 0o640)
            }
        ]
    }
}

extension Upload {
    fileprivate func lftp(_ base: String, _ settings: String) async throws {
        let path = FilePath(remotePath)
        guard let name = path.lastComponent else { return }
        let commands = "\(settings)open \(base)\(path.removingLastComponent()); put \(source) -o \(name)"
        try await run("lftp", ["--norc", "-c", commands])
    }

    fileprivate func curl(_ base: String, _ options: [String]) async throws {
        try await run("curl", ["-sS"] + options + ["-T", source.string, base + remotePath])
    }

    fileprivate func interruptCurl(_ base: String) async throws {
        try await interrupt(
            "curl", ["-sS", "--limit-rate", "700K", "-T", source.string, base + remotePath], afterBytes: 700_000)
    }
}
