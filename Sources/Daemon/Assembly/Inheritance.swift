import Supervision

/// What child processes are not given.
public enum Inheritance {
    /// Keeps the rights that a service manager gave this program (`AmbientCapabilities=`, systemd.exec(5)) to itself:
    /// workers and hooks start without any. To be called by the only thread, before others start.
    public static func keepRights() { ChildRights.withhold() }
}
