import Domain
import GRDB
import SystemPackage

/// The names in the destination directory that a video's row keeps for itself.
struct Reservation {
    let proxyPath: FilePath
    let proxyKey: String
    private let sidecarKey: String

    var arguments: StoreTransaction.Arguments {
        ["sidecar_key": sidecarKey, "proxy_path": proxyPath.stored, "proxy_key": proxyKey]
    }

    /// Takes the first proxy name that no other row has reserved, compared without case.
    ///
    /// Valid within the writing transaction that stores it: there is one writer.
    /// - Parameter former: the path under which the row stands so far; `nil` for its present or a new one.
    init(for sighting: Sighting, insteadOf former: FilePath? = nil, in transaction: StoreTransaction) throws {
        let name = try Reservation.firstFree(
            NameSearch(
                original: try Reservation.name(of: sighting.location.path), directory: sighting.destination,
                containerExtension: sighting.containerExtension, ownPath: former ?? sighting.location.path),
            in: transaction)
        try self.init(keeping: name, for: sighting)
    }

    /// Takes the next name after one that turned out to be a stranger's.
    init(after taken: FilePath, for path: FilePath, in transaction: StoreTransaction) throws {
        let search = NameSearch(
            original: try Reservation.name(of: path), directory: taken.removingLastComponent(),
            containerExtension: taken.fileName?.lowercasedExtension ?? "", ownPath: path)
        var rank = 0
        while rank < 1000, search.name(rank) != taken.fileName { rank += 1 }
        let name = try Reservation.firstFree(search, from: rank == 1000 ? 1 : rank + 1, in: transaction)
        self.init(name: name, original: search.original, directory: search.directory)
    }

    /// Reserves a name that is known to be this row's own, or free.
    init(keeping name: FileName, for sighting: Sighting) throws {
        self.init(
            name: name, original: try Reservation.name(of: sighting.location.path), directory: sighting.destination)
    }

    private init(name: FileName, original: FileName, directory: FilePath) {
        proxyPath = directory.appending(name: name)
        proxyKey = Reservation.key(of: name, in: directory)
        sidecarKey = Reservation.key(of: ProxyNaming.sidecarName(for: original), in: directory)
    }

    private struct NameSearch {
        let original: FileName
        let directory: FilePath
        let containerExtension: String
        /// The row whose own reservation does not stand in its way.
        let ownPath: FilePath

        func name(_ rank: Int) -> FileName {
            ProxyNaming.proxyName(for: original, containerExtension: containerExtension, rank: rank)
        }
    }

    private static func firstFree(
        _ search: NameSearch, from first: Int = 0, in transaction: StoreTransaction
    ) throws -> FileName {
        var rank = first
        while true {
            let name = search.name(rank)
            let isTaken: Bool? = try transaction.row(
                UploadSQL.nameTaken,
                ["key": key(of: name, in: search.directory), "path": search.ownPath.stored])?[0]
            guard isTaken == true else { return name }
            rank += 1
        }
    }

    private static func name(of path: FilePath) throws -> FileName {
        guard let name = path.fileName else {
            throw StoreError(.other, "The path '\(path.stored)' has no file name.")
        }
        return name
    }

    /// The form under which two names in one directory are compared without case.
    private static func key(of name: FileName, in directory: FilePath) -> String {
        "\(directory.stored)/\(ProxyNaming.comparisonKey(name.text))"
    }
}
