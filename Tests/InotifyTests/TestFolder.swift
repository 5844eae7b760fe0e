import Foundation
import Glibc
import SystemPackage

/// A directory of one test.
final class TestFolder: Sendable {
    let path: FilePath

    init() throws {
        // mkdtemp(3) puts letters of its own in place of the last six.
        var template = Array("/tmp/understudy-inotify-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { buffer in
            unsafe buffer.baseAddress.flatMap { unsafe mkdtemp($0) }.map { unsafe FilePath(platformString: $0) }
        }
        guard let made else { throw Errno(rawValue: errno) }
        path = made
    }

    deinit { try? FileManager.default.removeItem(atPath: path.string) }  // Left-overs in /tmp fail no test.

    func touch(_ name: String) throws {
        try FileDescriptor.open(
            path.appending(name), .writeOnly, options: .create, permissions: [.ownerReadWrite]
        ).close()
    }
}
