import CLinux

/// Rights (capabilities(7)) of the programs that this one starts.
public enum ChildRights {
    /// From now on they get none. For the calling thread and those that it starts: to be called by the first.
    public static func withhold() {
        // Linux before 4.3 has no ambient set, and so nothing to withhold.
        _ = clinux_keep_capabilities_from_children()
    }
}
