import CLinux
import Glibc
public import WorkerProtocol

/// What this kernel, and whatever confines this process, offer for the workers' seal. Asks only; changes nothing.
public enum KernelFeatures {
    /// landlock's ABI; 0 for none.
    public static var landlockABI: Int { max(0, Int(clinux_landlock_abi())) }

    /// Parts of the seal that are not to be had. Only a worker that seals itself knows for certain
    /// (`WorkerSupervisor.inspectSeal`).
    public static var gaps: [SealReport.Gap] {
        var gaps: [SealReport.Gap] = []
        if landlockABI == 0 {
            gaps.append(.init(.landlock, "not in this kernel, switched off at boot, or forbidden to this process"))
        }
        if clinux_seccomp_can_kill() != 0 {
            gaps.append(.init(.seccomp, "not in this kernel, or forbidden to this process"))
        }
        return gaps
    }
}
