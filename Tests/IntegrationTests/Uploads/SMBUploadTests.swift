import TestSupport
import Testing

/// Samba.
@Suite(.serialized) struct SMBUploadTests {
    @Test(.enabled(if: Privileges.isRoot, UploadServer.reason))
    func sambaGetsOneJobForWhatIsWholeAndNoneForWhatIsCut() async throws {
        try await DaemonFixture.with { fixture in
            try await UploadServer.smbd(fixture.root) { server in
                let client = ["//127.0.0.1/files", "-p", server.port, "-N", "-c"]
                let whole: @Sendable (Upload) async throws -> Void = {
                    try await $0.run("smbclient", client + ["put \($0.source) \($0.remotePath)"])
                }
                try await UploadMatrix.run(
                    [
                        Writer("smbclient", write: whole),
                        Writer("smbclient-transport-stream", .transport, write: whole),
                        Writer("smbclient-pauses-longer-than-settle", .indexInFront) {
                            try await $0.python(SMBUploadTests.relayed(server, $0, end: "sys.exit(process.wait())"))
                        },
                        Writer("smbclient-killed", .indexInFront, .incomplete) {
                            try await $0.python(SMBUploadTests.relayed(server, $0, end: SMBUploadTests.kill))
                        },
                        // Not by `reput`: smbclient 4.17 writes the rest over the beginning.
                        Writer("smbclient-killed-put-again", .indexInFront) { upload in
                            try await upload.python(SMBUploadTests.relayed(server, upload, end: SMBUploadTests.kill))
                            try await upload.waitUntilIncomplete()
                            try await whole(upload)
                        },
                    ], on: fixture)
            }
        }
    }

    private static let kill = """
        while not (os.path.exists(target) and os.path.getsize(target) >= 1000000):
            if process.poll() is not None: sys.exit('smbclient ended too soon')
            time.sleep(0.01)
        process.kill()
        process.wait()
        """

    /// smbclient cannot be slowed down: a relay between it and the server is slow, and stands still for 3 s once.
    private static func relayed(_ server: UploadServer, _ upload: Upload, end: String) -> String {
        """
        import threading
        listener = socket.create_server(('127.0.0.1', 0))
        def pump(near, far, slow):
            count, is_ahead = 0, True
            while piece := near.recv(65536):
                far.sendall(piece)
                count += len(piece)
                if slow: time.sleep(len(piece) / 1500000)
                if slow and is_ahead and count > 2000000:
                    is_ahead = False
                    time.sleep(3)
                    last_byte()
            far.shutdown(socket.SHUT_WR)
        def relay():
            near, far = listener.accept()[0], socket.create_connection(('127.0.0.1', \(server.port)))
            threading.Thread(target=pump, args=(far, near, False), daemon=True).start()
            pump(near, far, True)
        threading.Thread(target=relay, daemon=True).start()
        process = subprocess.Popen(['smbclient', '//127.0.0.1/files', '-p', str(listener.getsockname()[1]), '-N',
            '-c', f'put {source} \(upload.remotePath)'], stdout=subprocess.DEVNULL)

        """ + end
    }
}
