import CLinux

/// Rights of the process.
enum Rights {
    static func giveUpNew() throws(SealError) {
        try SealError.check(clinux_give_up_new_privileges(), "prctl(PR_SET_NO_NEW_PRIVS)")
    }

    static func becomeUndumpable() throws(SealError) {
        try SealError.check(clinux_become_undumpable(), "prctl(PR_SET_DUMPABLE)")
    }

    /// The daemon's unit forbids capset(2), and passes no rights on: there is nothing to drop.
    static func dropCapabilities() throws(SealError) {
        let result = clinux_drop_capabilities()
        guard result < 0, clinux_has_capabilities() != 0 else { return }
        try SealError.check(result, "capset")
    }
}
