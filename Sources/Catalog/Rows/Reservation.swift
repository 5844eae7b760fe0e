import Domain
import GRDB
import SystemPackage

/// The names in the destination directory that a video's row keeps for itself.
struct Reservation {
    let proxyPath: FilePath
    let arguments: StoreTransaction.Arguments

    /// Takes the first proxy name that no other row has reserved, compared without case.
    ///
    /// Valid within the writing transaction that stores it: there is one writer.
    init(for sighting: Sighting, in transaction: StoreTransaction) throws {
        let original = try Reservation.originalName(of: sighting)
        let path = sighting.location.path.stored
        var rank = 0
        var name = FileName("")
        var isTaken = true
        while isTaken {
            name = ProxyNaming.proxyName(for: original, containerExtension: sighting.containerExtension, rank: rank)
            let key = Reservation.key(of: name, in: sighting.destination)
            isTaken = try transaction.row(UploadSQL.nameTaken, ["key": key, "path": path])?[0] ?? false
            rank += 1
        }
        try self.init(keeping: name, for: sighting)
    }

    /// Reserves a name that is known to be this row's own, or free.
    init(keeping name: FileName, for sighting: Sighting) throws {
        let sidecar = ProxyNaming.sidecarName(for: try Reservation.originalName(of: sighting))
        proxyPath = sighting.destination.appending(name: name)
        arguments = [
            "sidecar_key": Reservation.key(of: sidecar, in: sighting.destination),
            "proxy_path": proxyPath.stored,
            "proxy_key": Reservation.key(of: name, in: sighting.destination),
        ]
    }

    private static func originalName(of sighting: Sighting) throws -> FileName {
        guard let name = sighting.location.path.fileName else {
            throw StoreError(.other, "The path '\(sighting.location.path.stored)' has no file name.")
        }
        return name
    }

    /// The form under which two names in one directory are compared without case.
    private static func key(of name: FileName, in directory: FilePath) -> String {
        "\(directory.stored)/\(ProxyNaming.comparisonKey(name.text))"
    }
}
