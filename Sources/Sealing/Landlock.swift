import CLinux
import Glibc

/// A landlock domain without any rule: no file can be opened, made, renamed or removed, no TCP port bound or connected
/// to, no signal sent and no abstract socket reached outside this process. What is open stays usable (landlock(7)).
enum Landlock {
    /// Rights of files that an ABI knows: a bit for each (linux/landlock.h).
    static func fileRights(inABI abi: Int32) -> UInt64 {
        switch abi {
        case ...0: 0
        case 1: 0x1fff  // execute … make_sym
        case 2: 0x3fff  // and refer
        case 3...4: 0x7fff  // and truncate
        default: 0xffff  // and ioctl_dev
        }
    }

    /// `bind_tcp`, `connect_tcp`.
    static func networkRights(inABI abi: Int32) -> UInt64 { abi >= 4 ? 0x3 : 0 }

    /// `abstract_unix_socket`, `signal`.
    static func scopes(inABI abi: Int32) -> UInt64 { abi >= 6 ? 0x3 : 0 }

    /// Bytes of the attributes: the kernel refuses fields that it does not know.
    static func attributesSize(inABI abi: Int32) -> Int { abi >= 6 ? 24 : abi >= 4 ? 16 : 8 }

    /// - Returns: the ABI in force.
    static func denyAll() throws(SealError) -> Int {
        let abi = clinux_landlock_abi()
        guard abi > 0 else {
            let reason =
                switch errno {
                case ENOSYS: "the kernel has none (Linux 5.13, CONFIG_SECURITY_LANDLOCK)"
                case EOPNOTSUPP: "switched off at boot: add landlock to lsm= on the kernel's command line"
                case EPERM: "a system call filter forbids it: allow landlock_create_ruleset and landlock_restrict_self"
                default: "landlock_create_ruleset: error \(errno)"
                }
            throw SealError(reason)
        }
        let ruleset = try SealError.check(
            clinux_landlock_create(
                fileRights(inABI: abi), networkRights(inABI: abi), scopes(inABI: abi), attributesSize(inABI: abi)),
            "landlock_create_ruleset")
        defer { _ = close(ruleset) }
        try SealError.check(clinux_landlock_restrict(ruleset), "landlock_restrict_self")
        return Int(abi)
    }
}
