import Domain
import Foundation
import Glibc
import SystemPackage

/// A directory of its own for one test, with the verbs of its script. Removed at the end.
final class TestTree: Sendable {
    let root: FilePath

    init() {
        // mkdtemp(3) puts letters of its own in place of the last six.
        // The template of mkdtemp(3).
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("understudy-watch-XXXXXX").path
        var template = Array(place.utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe FilePath(platformString: $0) }
        }
        guard let made else { preconditionFailure("no temporary directory") }
        root = made
    }

    deinit {
        // Left-overs in /tmp are no failure of a test.
        _ = try? remove(root)
    }

    func path(_ relative: String) -> FilePath { FilePath("\(root.string)/\(relative)") }

    func mkdir(_ relative: String) throws {
        var current = root
        for component in FilePath(relative).components {
            current.append(component)
            let result = unsafe current.withPlatformString { unsafe Glibc.mkdir($0, 0o755) }
            guard result == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
        }
    }

    /// Makes or replaces a file.
    func write(_ relative: String, _ text: String = "x") throws { try write(path(relative), text) }

    func write(_ path: FilePath, _ text: String = "x") throws {
        let file = try FileDescriptor.open(
            path, .writeOnly, options: [.create, .truncate], permissions: [.ownerReadWrite])
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
    }

    func append(_ relative: String, _ text: String) throws {
        let file = try FileDescriptor.open(path(relative), .writeOnly, options: .append)
        try file.closeAfter { _ = try file.writeAll(text.utf8) }
    }

    func move(_ from: String, _ to: String) throws { try move(path(from), path(to)) }

    func move(_ from: FilePath, _ to: FilePath) throws {
        let result = unsafe from.withPlatformString { from in
            unsafe to.withPlatformString { unsafe rename(from, $0) }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    func link(_ from: String, _ to: String) throws {
        let result = unsafe path(from).withPlatformString { from in
            unsafe path(to).withPlatformString { unsafe Glibc.link(from, $0) }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    func symlink(_ target: String, _ relative: String) throws {
        let result = unsafe FilePath(target).withPlatformString { target in
            unsafe path(relative).withPlatformString { unsafe Glibc.symlink(target, $0) }
        }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }

    func fifo(_ relative: String) throws {
        guard unsafe path(relative).withPlatformString({ unsafe mkfifo($0, 0o600) }) == 0 else {
            throw Errno(rawValue: errno)
        }
    }

    func remove(_ relative: String) throws { try remove(path(relative)) }

    func remove(_ path: FilePath) throws { try FileManager.default.removeItem(atPath: path.string) }

    func layout(proxyRoot: String? = nil, root: String? = nil) -> MirrorLayout {
        MirrorLayout(
            root: root.map { path($0) } ?? self.root, originalDirectory: FileName("original"),
            proxyDirectory: FileName("proxy"), proxyRoot: proxyRoot.map { path($0) })
    }
}
