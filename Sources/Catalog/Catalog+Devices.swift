public import Domain
import GRDB
public import SystemPackage

// Device numbers of network, btrfs and loop mounts are given anew at each mount.
extension Catalog {
    public func settleDeviceNumbers(below root: FilePath) async throws(StoreError) -> Int {
        let isSettled = try await read { transaction in
            try transaction.rows(DeviceSQL.changes, ["root": root.stored]).isEmpty
        }
        guard !isSettled else { return 0 }
        return try await write { transaction in
            var renumbered = 0
            for change in try transaction.rows(DeviceSQL.changes, ["root": root.stored]) {
                let (former, present): (Int64, Int64) = (change["former"], change["present"])
                let numbers: StoreTransaction.Arguments = ["root": root.stored, "former": former]
                for row in try transaction.rows(DeviceSQL.originals, numbers) {
                    let video: String = row["id"]
                    try transaction.runOnce(DeviceSQL.renumber, ["video": video, "present": present])
                    renumbered += 1
                }
                _ = try transaction.run(DeviceSQL.renumberRemovals, numbers + ["present": present])
            }
            _ = try transaction.run(DeviceSQL.conclude, ["root": root.stored])
            return renumbered
        }
    }

    public func record(_ landmarks: [Landmark], below root: FilePath) async throws(StoreError) {
        let isKnown = try await read { transaction in
            try landmarks.allSatisfy { try Catalog.device(of: $0, in: transaction) == Int64(bitPattern: $0.device) }
        }
        guard !isKnown else { return }
        try await write { transaction in
            for landmark in landmarks {
                let former = try Catalog.device(of: landmark, in: transaction)
                let present = Int64(bitPattern: landmark.device)
                guard former != present else { continue }
                try transaction.runOnce(DeviceSQL.mark, landmark.arguments + ["device": present])
                guard let former else { continue }
                _ = try transaction.run(
                    DeviceSQL.note, ["root": root.stored, "former": former, "present": present])
            }
        }
    }

    private static func device(of landmark: Landmark, in transaction: StoreTransaction) throws -> Int64? {
        try transaction.row(DeviceSQL.landmark, landmark.arguments)?["device"]
    }

    /// A known original is where it was, unchanged, and its file system has another number.
    static func noteDeviceChange(
        of known: KnownOriginal, to device: UInt64, in transaction: StoreTransaction
    ) throws {
        _ = try transaction.run(
            DeviceSQL.note,
            [
                "root": known.location.root.stored, "former": Int64(bitPattern: known.identity.device),
                "present": Int64(bitPattern: device),
            ])
    }
}

extension Landmark {
    fileprivate var arguments: StoreTransaction.Arguments {
        ["path": path.stored, "inode": Int64(bitPattern: inode), "born": bornNanoseconds]
    }
}
