import ArgumentParser
import Daemon
import Domain

/// Runs a verb and turns its errors into a sentence on standard error and an exit code.
func report(_ body: () async throws -> ExitStatus) async throws {
    let status: ExitStatus
    do {
        status = try await body()
    } catch let error as ExitCode {
        throw error
    } catch let error as ValidationError {
        throw error
    } catch {
        Terminal.complain(PrintableText.escapedLines("\(error)"))
        throw ExitCode(exitStatus(of: error).rawValue)
    }
    guard status == .success else { throw ExitCode(status.rawValue) }
}

private func exitStatus(of error: any Error) -> ExitStatus {
    switch error {
    case let error as DaemonError: error.status
    case is ConfigurationError: .badConfiguration
    case is StoreError: .notAvailable
    default: .failed
    }
}
