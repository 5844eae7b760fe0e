public import Domain
import GRDB
import SystemPackage

// Device numbers of network, btrfs and loop mounts are given anew at each mount.
extension Catalog {
    public func record(_ landmarks: [Landmark]) async throws(StoreError) -> Int {
        let isKnown = try await read { transaction in
            try landmarks.allSatisfy { try Catalog.device(of: $0, in: transaction) == $0.device }
        }
        guard !isKnown else { return 0 }
        return try await write { transaction in
            var renumbered = 0
            // From the top: below a mount point, the mounted file system has the last word.
            for landmark in landmarks {
                let former = try Catalog.device(of: landmark, in: transaction)
                guard former != landmark.device else { continue }
                try transaction.runOnce(
                    DeviceSQL.mark, landmark.arguments + ["device": Int64(bitPattern: landmark.device)])
                guard let former else { continue }
                renumbered += try Catalog.renumber(
                    below: landmark.path, from: former, to: landmark.device, in: transaction)
            }
            return renumbered
        }
    }

    private static func device(of landmark: Landmark, in transaction: StoreTransaction) throws -> UInt64? {
        let device: Int64? = try transaction.row(DeviceSQL.landmark, landmark.arguments)?["device"]
        return device.map { UInt64(bitPattern: $0) }
    }

    /// What is known of files that were not seen holds for the same file system under its new number: what is gone must not
    /// look as if it were out of reach.
    /// - Returns: how many rows of videos have another number now.
    static func renumber(
        below directory: FilePath, from former: UInt64, to present: UInt64, in transaction: StoreTransaction
    ) throws -> Int {
        let text = directory.stored
        let arguments: StoreTransaction.Arguments = [
            "under": text == "/" ? "" : text, "former": Int64(bitPattern: former),
            "present": Int64(bitPattern: present),
        ]
        _ = try transaction.run(DeviceSQL.renumberRemovals, arguments)
        return try transaction.run(DeviceSQL.renumber, arguments)
    }
}

extension Landmark {
    fileprivate var arguments: StoreTransaction.Arguments {
        ["path": path.stored, "inode": Int64(bitPattern: inode), "born": bornNanoseconds]
    }
}
