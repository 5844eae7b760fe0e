import Domain
import LibAV

extension Failure {
    /// A failure with libav's last lines as its detail.
    static func withLog(_ code: FailureCode, _ message: String, _ error: LibAVError? = nil) -> Failure {
        let log = LogCapture.text
        guard let error else { return Failure(code, message, detail: log) }
        return Failure(code, message, detail: log.isEmpty ? error.message : "\(log)\n\(error.message)")
    }

    /// A failed read of the original or of the proxy.
    static func reading(_ reason: String) -> Failure {
        withLog(.ioError, "The file could not be read (\(reason)): check the disk, share or network that it is on.")
    }

    static func memory(_ error: LibAVError) -> Failure {
        withLog(
            .workerOutOfMemory,
            "The worker may not have as much memory as the original needs: it is damaged, or meant to do harm.", error)
    }

    /// A failed step on the way from pictures to the output file.
    static func writing(_ error: LibAVError) -> Failure {
        switch error.code {
        case .noSpace:
            withLog(.diskFull, "There is no space left for the proxy: free some space on the proxies' disk.", error)
        case .tooLong:
            withLog(.limitExceeded, "The proxy would become longer than a proxy of this original may be.", error)
        case .outOfMemory: memory(error)
        case .inputOutput:
            withLog(.ioError, "The proxy could not be written: check the disk, share or network it is on.", error)
        default:
            withLog(.encodeFailed, "The proxy could not be encoded: report this with the detail below.", error)
        }
    }
}

/// Runs a step between picture and output file; what fails there is not the original's fault.
func writing<Value: ~Copyable>(_ step: () throws(LibAVError) -> Value) throws(Failure) -> Value {
    do {
        return try step()
    } catch {
        throw Failure.writing(error)
    }
}
