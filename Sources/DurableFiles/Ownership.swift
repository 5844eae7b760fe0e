import Domain
import Glibc
public import SystemPackage

/// Whom finished files and new directories belong to. Where nothing is set, it is the daemon's user, and the group that
/// the directory implies.
public struct Ownership: Sendable, Hashable {
    public var user: UInt32?
    public var group: UInt32?

    public init(user: UInt32? = nil, group: UInt32? = nil) {
        self.user = user
        self.group = group
    }

    public var isSet: Bool { user != nil || group != nil }

    /// chown(2): all ones leaves the user or the group as it is.
    private var identifiers: (user: uid_t, group: gid_t) { (user ?? .max, group ?? .max) }

    func apply(to descriptor: Int32) throws(Errno) {
        guard isSet else { return }
        _ = try SystemCall.retrying { fchown(descriptor, identifiers.user, identifiers.group) }
    }

    /// To an entry of a directory, following no link.
    func apply(to name: FileName, in directory: Int32) throws(Errno) {
        guard isSet else { return }
        _ = try SystemCall.retrying {
            unsafe name.withCName { name in
                unsafe fchownat(directory, name, identifiers.user, identifiers.group, AT_SYMLINK_NOFOLLOW)
            }
        }
    }

    /// Why files cannot be given away like this in a directory, or in the nearest above it that is there. Tried with a
    /// file that has no name. Where no such file can be made, nothing is known (`nil`): what is written will tell.
    public func obstacle(in directory: FilePath) -> Errno? {
        guard isSet else { return nil }
        var path = directory
        while !DirectoryOpening.exists(path), path.lastComponent != nil { path = path.removingLastComponent() }
        let file = unsafe path.withPlatformString { unsafe open($0, O_RDWR | OpenFlags.unnamed | O_CLOEXEC, 0o600) }
        guard file >= 0 else { return nil }
        defer { _ = Glibc.close(file) }
        do throws(Errno) { try apply(to: file) } catch { return error }
        return nil
    }
}

/// The names of users and groups (nsswitch.conf(5)).
public enum Accounts {
    private static let longestEntry = 1 << 20

    public static func user(named name: String) -> UInt32? {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: longestEntry)
        guard unsafe getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, unsafe found != nil else {
            return nil
        }
        return unsafe entry.pw_uid
    }

    public static func group(named name: String) -> UInt32? {
        var entry = unsafe Glibc.group()
        var found: UnsafeMutablePointer<Glibc.group>?
        var buffer = [CChar](repeating: 0, count: longestEntry)
        guard unsafe getgrnam_r(name, &entry, &buffer, buffer.count, &found) == 0, unsafe found != nil else {
            return nil
        }
        return unsafe entry.gr_gid
    }
}
