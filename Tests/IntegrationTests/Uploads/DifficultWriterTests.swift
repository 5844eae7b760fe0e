import TestSupport
import Testing

/// Writers of which no event and no size tells when they are done.
@Suite(.serialized) struct DifficultWriterTests {
    @Test func everyWriterGetsOneJobWhenItHasEndedAndNoneWhenItDied() async throws {
        try await DaemonFixture.with { fixture in
            try await UploadMatrix.run(holders + openersForEachPiece + dying, on: fixture)
        }
    }

    /// Their sizes say nothing, and the kernel that somebody still has the file.
    private var holders: [Writer] {
        [
            .python("pauses-longer-than-settle", .transport, time: .modified, script: slow("pass")),
            .python(
                "fallocate-index-in-front", .indexInFront, time: .modified,
                script: slow("os.posix_fallocate(fd, 0, len(data))")),
            .python(
                "fallocate-index-at-end", time: .modified, script: slow("os.posix_fallocate(fd, 0, len(data))")),
            .python(
                "truncate-index-in-front", .indexInFront, time: .modified,
                script: slow("os.ftruncate(fd, len(data))")),
            .python(
                "truncate-transport-stream", .transport, time: .modified,
                script: slow("os.ftruncate(fd, len(data))")),
            .python(
                "renamed-while-open", .indexInFront, time: .modified,
                script: """
                    fd = os.open(target + '.part', CREATE)
                    os.ftruncate(fd, len(data))
                    write(fd, data[:1000000])
                    os.rename(target + '.part', target)
                    time.sleep(3)
                    write(fd, data[1000000:])
                    last_byte()
                    """),
            // The directory's events show nothing of these, or too little.
            .python(
                "mapping", .indexInFront,
                script: """
                    libc = ctypes.CDLL(None, use_errno=True)
                    libc.mmap.restype = ctypes.c_void_p
                    libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
                    libc.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
                    fd = os.open(target, os.O_RDWR | os.O_CREAT)
                    os.ftruncate(fd, len(data))
                    address = libc.mmap(None, len(data), mmap.PROT_READ | mmap.PROT_WRITE, mmap.MAP_SHARED, fd, 0)
                    os.close(fd)
                    ctypes.memmove(address, data, 1000000)
                    time.sleep(3)
                    ctypes.memmove(address, data, len(data))
                    last_byte()
                    libc.munmap(address, len(data))
                    """),
            .python(
                "hard-link", .indexInFront, time: .modified,
                script: """
                    other = os.path.join(scratch, 'other')
                    fd = os.open(other, CREATE)
                    os.ftruncate(fd, len(data))
                    write(fd, data[:1000000])
                    os.link(other, target)
                    time.sleep(3)
                    write(fd, data[1000000:])
                    last_byte()
                    """),
            .python(
                "nameless", .indexInFront, time: .modified,
                script: """
                    fd = os.open(os.path.dirname(target), os.O_TMPFILE | os.O_RDWR)
                    os.ftruncate(fd, len(data))
                    write(fd, data[:1000000])
                    # linkat(2), "AT_SYMLINK_FOLLOW"; Python's own link() leaves the flag out.
                    name = f'/proc/self/fd/{fd}'.encode()
                    if ctypes.CDLL(None).linkat(-100, name, -100, target.encode(), 0x400): sys.exit('linkat')
                    time.sleep(3)
                    write(fd, data[1000000:])
                    last_byte()
                    """),
            .python(
                "two-writers", .indexInFront, time: .modified,
                script: """
                    first, second = os.open(target, CREATE), os.open(target, os.O_WRONLY)
                    os.ftruncate(first, len(data))
                    write(first, data[:1000000])
                    os.close(first)
                    time.sleep(3)
                    os.pwrite(second, data[1000000:], 1000000)
                    last_byte()
                    """),
            .python(
                "inherited",
                script: """
                    fd = os.open(target, CREATE)
                    write(fd, data)
                    if os.fork() == 0:
                        time.sleep(3)
                        last_byte()
                        os._exit(0)
                    os.close(fd)
                    os.wait()
                    """),
            .python(
                "in-flight",
                script: """
                    near, far = socket.socketpair(socket.AF_UNIX)
                    fd = os.open(target, CREATE)
                    write(fd, data)
                    socket.send_fds(near, [b'x'], [fd])
                    os.close(fd)
                    time.sleep(3)
                    last_byte()
                    """),
        ]
    }

    private var openersForEachPiece: [Writer] {
        [
            .python("append-by-pieces", time: .modified, script: byPieces(of: 12, options: "os.O_APPEND")),
            .python(
                "append-by-packets", .transport, time: .modified,
                script: """
                    size = 188 * 2000
                    for start in range(0, len(data), size):
                        if start: time.sleep(0.5)
                        fd = os.open(target, CREATE | os.O_APPEND)
                        write(fd, data[start:start + size])
                        last_byte()
                        os.close(fd)
                    """),
            .python(
                "last-piece-first", time: .modified, script: byPieces(of: 12, options: "0", order: "reversed")),
            .python(
                "last-piece-first-index-in-front", .indexInFront, time: .modified,
                script: byPieces(of: 12, options: "0", order: "reversed")),
        ]
    }

    private var dying: [Writer] {
        [
            .python("died", .indexAtEnd, .incomplete, script: part(1_000_000)),
            .python(
                "died-index-in-front", .indexInFront, .incomplete,
                script: part(1_000_000)),
            .python(
                "died-within-a-packet", .transport, .incomplete,
                script: part(188 * 5000 + 77)),
            .python("died-before-the-first-byte", .indexAtEnd, .incomplete, script: part(0)),
        ]
    }

    private func part(_ count: Int) -> String { "write(os.open(target, CREATE), data[:\(count)])" }

    /// A descriptor that is kept open, with pauses of which one is longer than the settle window.
    private func slow(_ preparation: String) -> String {
        """
        fd = os.open(target, CREATE)
        \(preparation)
        for index, (start, piece) in enumerate(pieces(6)):
            if index: time.sleep(3 if index == 3 else 0.3)
            write(fd, piece)
        last_byte()
        os.close(fd)
        """
    }

    /// As NFS servers write: each piece through a descriptor of its own. The pauses are shorter than the settle window.
    private func byPieces(of count: Int, options: String, order: String = "list") -> String {
        """
        for index, (start, piece) in enumerate(\(order)(pieces(\(count)))):
            if index: time.sleep(0.3)
            fd = os.open(target, CREATE | \(options))
            os.pwrite(fd, piece, start)
            last_byte()
            os.close(fd)
        """
    }
}
