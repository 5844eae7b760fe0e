import Domain
import SystemPackage

extension Failure {
    /// What could not be done with a file of ours, why, and what to do about it.
    ///
    /// - Parameter action: such as "create", for the sentence.
    init(_ error: Errno, to action: String, _ path: FilePath) {
        let subject = "Cannot \(action) '\(PathText.encode(path.bytes))'"
        let detail = "errno \(error.rawValue)"
        self =
            switch error {
            case .noSpace, .diskQuotaExceeded:
                Failure(.diskFull, "\(subject): no room is left there; free some.", detail: detail)
            case .readOnlyFileSystem:
                Failure(
                    .destinationReadOnly,
                    "\(subject): the file system is read-only; mount it for writing, or set"
                        + " proxy_root to a place that can be written.", detail: detail)
            case .permissionDenied, .notPermitted:
                Failure(
                    .permissionDenied, "\(subject): \(error); give the daemon's user the right to write there.",
                    detail: detail)
            case .fileNameTooLong:
                Failure(
                    .nameTooLong, "\(subject): the name is too long for the file system; shorten it.", detail: detail)
            default:
                Failure(.ioError, "\(subject): \(error); look at the disk or the network mount.", detail: detail)
            }
    }

    /// Why an original could not be opened or read.
    init(_ error: Errno, opening path: FilePath) {
        let subject = "Cannot open '\(PathText.encode(path.bytes))'"
        let detail = "errno \(error.rawValue)"
        self =
            switch error {
            case .noSuchFileOrDirectory, .notDirectory:
                Failure(.originalMissing, "\(subject): it is no longer there; upload it again.", detail: detail)
            case .tooManySymbolicLinkLevels, .improperLink, .noSuchAddressOrDevice:
                Failure(
                    .originalMissing, "\(subject): it is no longer a regular file (symbolic links are not followed).",
                    detail: detail)
            case .permissionDenied, .notPermitted:
                Failure(
                    .permissionDenied, "\(subject): \(error); give the daemon's user the right to read it.",
                    detail: detail)
            default:
                Failure(.ioError, "\(subject): \(error); look at the disk or the network mount.", detail: detail)
            }
    }

    /// Something else than a regular file is at an original's path.
    init(notRegular path: FilePath) {
        self.init(.originalMissing, "'\(PathText.encode(path.bytes))' is not a regular file; it is left alone.")
    }
}
