public import SystemPackage
public import WorkerProtocol

/// What a process keeps when it gives up everything else, for good. Everything that it will ever need must be open and
/// loaded before.
public struct Room: Sendable {
    /// For `sendmsg` only.
    public var channel: FileDescriptor
    /// For `write` only.
    public var diagnostics: FileDescriptor
    /// For `pread` only.
    public var readable: [FileDescriptor]
    /// For `pwrite` and `ftruncate` only; put it into `readable` too to read back what was written.
    public var writable: [FileDescriptor]
    public var limits: WorkerLimits

    public init(
        channel: FileDescriptor, diagnostics: FileDescriptor, readable: [FileDescriptor], writable: [FileDescriptor],
        limits: WorkerLimits
    ) {
        self.channel = channel
        self.diagnostics = diagnostics
        self.readable = readable
        self.writable = writable
        self.limits = limits
    }

    /// Makes a filter and lets it go: the next one finds its memory ready.
    public static func rehearse() {
        let room = Room(
            channel: .standardInput, diagnostics: .standardError, readable: [.standardInput],
            writable: [.standardInput], limits: WorkerLimits())
        _ = try? SystemCallFilter.prepare(for: room)  // What it lacks, the seal will report.
        _ = try? ResourceLimits.mappedBytes()
    }

    /// Closes the door. To be called once, from the only thread: capabilities and landlock hold for the calling thread
    /// and those that it starts later (capset(2), landlock(7)).
    ///
    /// A part that the kernel refuses is a gap in the report; the others are put on all the same. What a gap means is
    /// the caller's decision.
    public func seal() -> SealReport {
        var report = SealReport()
        func put(_ part: SealReport.Part, _ step: () throws(SealError) -> Void) {
            do throws(SealError) { try step() } catch { report.gaps.append(.init(part, error.description)) }
        }
        // Needs /proc, which landlock closes.
        let mapped = Result { () throws(SealError) in try ResourceLimits.mappedBytes() }
        put(.noNewPrivileges) { () throws(SealError) in try Rights.giveUpNew() }
        put(.undumpable) { () throws(SealError) in try Rights.becomeUndumpable() }
        put(.capabilities) { () throws(SealError) in
            try Threads.requireOnlyThis()
            try Rights.dropCapabilities()
        }
        put(.landlock) { () throws(SealError) in
            try Threads.requireOnlyThis()
            report.landlockABI = try Landlock.denyAll()
        }
        // After landlock, which needs a descriptor, and before the filter, which allows no setrlimit.
        put(.limits) { () throws(SealError) in try ResourceLimits.apply(limits, beyond: try mapped.get()) }
        put(.seccomp) { () throws(SealError) in try SystemCallFilter.prepare(for: self).load() }
        return report
    }
}
