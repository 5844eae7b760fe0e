import CLinux

/// Rights of the process.
enum Rights {
    static func giveUpNew() throws(SealError) {
        try SealError.check(clinux_give_up_new_privileges(), "prctl(PR_SET_NO_NEW_PRIVS)")
    }

    static func becomeUndumpable() throws(SealError) {
        try SealError.check(clinux_become_undumpable(), "prctl(PR_SET_DUMPABLE)")
    }

    static func dropCapabilities() throws(SealError) { try SealError.check(clinux_drop_capabilities(), "capset") }
}
