import Logging
import Supervision
import WorkerProtocol

/// Looks, before any file is opened, whether workers can be sealed on this machine.
enum SealInspection {
    /// What to do about a gap.
    static let remedy =
        "run a kernel with landlock and seccomp (Linux 5.13 and lsm=landlock,...; in a container, allow landlock_* and "
        + "seccomp), or set sandbox = \"best-effort\" in the section [daemon] of the configuration"

    /// Asks the kernel, at the start; each worker finds out for itself again.
    /// - Throws: `notAvailable` where the seal is required and has gaps. Gaps are logged otherwise.
    static func require(_ policy: SandboxPolicy, logger: Logger) throws(DaemonError) {
        guard policy != .off else {
            logger.warning("workers run without any seal", metadata: ["remedy": "remove sandbox = \"off\""])
            return
        }
        let gaps = SealReport(gaps: KernelFeatures.gaps)
        guard !gaps.isWhole else { return }
        guard policy == .bestEffort else {
            throw DaemonError(.notAvailable, "this machine cannot seal the workers (\(gaps.gapText)); \(remedy)")
        }
        logger.warning("the workers' seal has gaps", metadata: ["gaps": "\(gaps.gapText)"])
    }

    static func finding(_ report: SealReport, policy: SandboxPolicy) -> Finding {
        let subject = "sandbox"
        guard policy != .off else {
            return Finding(
                .warning, subject, "switched off: workers run without any seal", remedy: "remove sandbox = \"off\"")
        }
        guard !report.isWhole else {
            return Finding(.ok, subject, "whole: landlock (ABI \(report.landlockABI)), seccomp, limits, no rights")
        }
        return Finding(
            policy == .required ? .problem : .warning, subject, "has gaps: \(report.gapText)", remedy: remedy)
    }
}
