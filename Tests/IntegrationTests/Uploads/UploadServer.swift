import Foundation
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A server on a free port of the loopback interface, as long as a test needs it.
///
/// The servers are unpacked, not installed (scripts/unpack-upload-servers). They change users, which needs root.
struct UploadServer: Sendable {
    let port: String

    private static let folder = Programs.package.appending(".build/upload-servers")

    /// Why a test that needs a server is left out; that the servers are missing is never a reason.
    static let reason: Comment = "only root can start servers that change users"

    // MARK: Kinds

    /// Anonymous users upload below `root`.
    /// - Parameter log: vsftpd's own log of uploads, where one is wanted.
    static func vsftpd(
        _ root: FilePath, log: FilePath? = nil, _ body: @Sendable (UploadServer) async throws -> Void
    ) async throws {
        try await with(body) { tree, port in
            let configuration = try tree.file(
                "vsftpd.conf",
                """
                listen=YES
                listen_address=127.0.0.1
                listen_port=\(port)
                background=NO
                anonymous_enable=YES
                no_anon_password=YES
                anon_root=\(root)
                anon_upload_enable=YES
                anon_other_write_enable=YES
                anon_umask=022
                write_enable=YES
                secure_chroot_dir=\(try tree.directory("empty"))
                ftp_username=daemon
                nopriv_user=nobody
                seccomp_sandbox=NO
                \(log.map { "xferlog_enable=YES\nxferlog_std_format=NO\nvsftpd_log_file=\($0)" } ?? "xferlog_enable=NO")

                """.utf8)
            return ([folder.appending("vsftpd/usr/sbin/vsftpd").string, configuration.string], [:])
        }
    }

    /// User `camera`, password `secret`, uploads below `root`; with `hiddenStores` under a temporary name that the
    /// server itself renames at the end. With `notifying`, a program with its words that it runs after each upload, with
    /// the file's path as the last word: as root, and without DefaultRoot, so that the program is found.
    static func proftpd(
        _ root: FilePath, hiddenStores: Bool = false, notifying: [String] = [],
        _ body: @Sendable (UploadServer) async throws -> Void
    ) async throws {
        let user = notifying.isEmpty ? "65534:65534" : "0:0"
        let rules =
            notifying.isEmpty
            ? "DefaultRoot ~"
            : """
            RootLogin on
            LoadModule mod_exec.c
            ExecEngine on
            ExecOnCommand STOR,APPE \((notifying + ["%f"]).joined(separator: " "))
            """
        let password = try await Command.output("openssl", ["passwd", "-6", "secret"])
            .trimmingCharacters(in: .whitespacesAndNewlines)
        try await with(body) { tree, port in
            let users = try tree.file("users", "camera:\(password):\(user)::\(root):/bin/false\n".utf8)
            try ByteFile.setMode(users, 0o600)
            let configuration = try tree.file(
                "proftpd.conf",
                """
                ServerType standalone
                DefaultServer on
                DefaultAddress 127.0.0.1
                Port \(port)
                UseIPv6 off
                UseReverseDNS off
                User nobody
                Group nogroup
                ModulePath \(folder)/proftpd-core/usr/lib/proftpd
                PidFile \(tree.path)/pid
                ScoreboardFile \(tree.path)/score
                \(modules(ofProftpdIn: folder))
                DelayTable none
                WtmpLog off
                TransferLog none
                SystemLog none
                RequireValidShell off
                AuthOrder mod_auth_file.c
                AuthUserFile \(users)
                \(rules)
                AllowOverwrite on
                AllowStoreRestart on
                HiddenStores \(hiddenStores ? "on" : "off")

                """.utf8)
            return ([folder.appending("proftpd-core/usr/sbin/proftpd").string, "-n", "-c", configuration.string], [:])
        }
    }

    /// Some are modules of their own since Debian 13.
    private static func modules(ofProftpdIn folder: FilePath) -> String {
        ["mod_xfer", "mod_ls", "mod_delay"].filter {
            ByteFile.exists(folder.appending("proftpd-core/usr/lib/proftpd/\($0).so"))
        }.map { "LoadModule \($0).c" }.joined(separator: "\n")
    }

    /// Newer versions have programs for the parts of a connection (OpenSSH 10), of which older ones know no option.
    private static func parts(ofSSHDIn folder: FilePath) -> String {
        ["SshdSessionPath": "sshd-session", "SshdAuthPath": "sshd-auth"].sorted { $0.key < $1.key }.compactMap {
            let program = folder.appending("openssh-server/usr/lib/openssh").appending($0.value)
            return ByteFile.exists(program) ? "\($0.key) \(program)" : nil
        }.joined(separator: "\n")
    }

    /// User `nobody` with the key that `clientOptions` names.
    static func sshd(_ body: @Sendable (UploadServer, _ clientOptions: [String]) async throws -> Void) async throws {
        let keys = try TemporaryTree.make()
        defer { keys.remove() }
        for name in ["host", "client"] {
            let file = keys.path.appending(name).string
            try await Command.output("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file])
        }
        let client = keys.path.appending("client").string
        // The server runs as the user, since it would ask for an account of its own to drop root's rights.
        try await Command.output("chown", ["nobody", keys.path.appending("host").string])
        let options = ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "BatchMode=yes"].flatMap {
            ["-o", $0]
        }
        let serve: @Sendable (UploadServer) async throws -> Void = { server in
            try await body(server, ["-q", "-F", "none", "-i", client, "-P", server.port] + options)
        }
        try await with(serve) { tree, port in
            let configuration = try tree.file(
                "sshd_config",
                """
                ListenAddress 127.0.0.1
                Port \(port)
                HostKey \(keys.path)/host
                PidFile none
                AuthorizedKeysFile \(keys.path)/client.pub
                StrictModes no
                UsePAM yes
                PasswordAuthentication no
                KbdInteractiveAuthentication no
                Subsystem sftp internal-sftp
                \(parts(ofSSHDIn: folder))

                """.utf8)
            let sshd = folder.appending("openssh-server/usr/sbin/sshd").string
            let asNobody = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
            return (asNobody + [sshd, "-D", "-e", "-f", configuration.string], [:])
        }
    }

    /// Share `files` is `root`; guests write.
    static func smbd(_ root: FilePath, _ body: @Sendable (UploadServer) async throws -> Void) async throws {
        try await with(body) { tree, port in
            let state = try tree.directory("state")
            let folders = ["private dir", "state directory", "cache directory", "lock directory", "pid directory"]
            let configuration = try tree.file(
                "smb.conf",
                """
                [global]
                interfaces = 127.0.0.1/8
                bind interfaces only = yes
                smb ports = \(port)
                disable netbios = yes
                server role = standalone server
                map to guest = bad user
                guest account = nobody
                \(folders.map { "\($0) = \(state)" }.joined(separator: "\n"))
                ncalrpc dir = \(state)/ncalrpc
                log file = \(state)/log
                load printers = no
                printcap name = /dev/null
                disable spoolss = yes
                rpc start on demand helpers = no
                # By default 8 MB: the whole upload would be one write.
                smb2 max write = 65536
                [files]
                path = \(root)
                guest ok = yes
                read only = no

                """.utf8)
            let libraries = try await Command.output(
                "find", [folder.appending("samba").string, "-name", "samba", "-path", "*/lib/*"])
            let smbd = folder.appending("samba/usr/sbin/smbd").string
            // Not with `--no-process-group`: at its end it sends SIGTERM to its whole process group, which must be its own.
            return (
                [smbd, "-F", "-s", configuration.string],
                ["LD_LIBRARY_PATH": libraries.split(separator: "\n").joined(separator: ":")]
            )
        }
    }

    // MARK: Life

    private static func with(
        _ body: @Sendable (UploadServer) async throws -> Void,
        command: (_ tree: TemporaryTree, _ port: String) async throws -> ([String], [String: String])
    ) async throws {
        guard ByteFile.exists(folder) else {
            throw FixtureError("no servers in \(folder); scripts/unpack-upload-servers brings them, as in `make test`")
        }
        let tree = try TemporaryTree.make()
        defer { tree.remove() }
        // Somebody else could take the port before the server does: then the server ends, and the test says so.
        let script = "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1], end='')"
        let port = try await Command.output("python3", ["-c", script])
        let (words, environment) = try await command(tree, port)
        let log = tree.path.appending("output")
        let file = try FileDescriptor.open(
            log, .writeOnly, options: [.create, .append], permissions: [.ownerReadWrite])
        let additions = environment.map { (Environment.Key(stringLiteral: $0.key), Optional($0.value)) }
        let result = try await Subprocess.run(
            words[0].contains("/") ? .path(FilePath(words[0])) : .name(words[0]),
            arguments: Arguments(Array(words.dropFirst())),
            environment: .inherit.updating(Dictionary(additions) { $1 }), input: .none,
            output: .fileDescriptor(file, closeAfterSpawningProcess: false),
            error: .fileDescriptor(file, closeAfterSpawningProcess: true)
        ) { execution -> (any Error)? in
            var failure: (any Error)?
            do {
                let answers = try await eventually {
                    try await Command.run("bash", ["-c", "exec 3<>/dev/tcp/127.0.0.1/\(port)"]).status == 0
                }
                guard answers else {
                    let output = String(decoding: try ByteFile.read(log), as: UTF8.self)
                    throw FixtureError("\(words): does not answer: \(output)")
                }
                try await body(UploadServer(port: port))
            } catch {
                failure = error
            }
            // A server that has ended by itself cannot be ended; its silence was told above.
            try? execution.send(signal: .terminate)
            return failure
        }
        if let failure = result.closureResult { throw failure }
    }
}
