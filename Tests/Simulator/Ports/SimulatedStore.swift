import Catalog
import Domain

/// The real catalog, with the faults of its disk and the deaths of its daemon around each verb. After each write the
/// rows are held against the simulated disk.
final class SimulatedStore: Sendable {
    private let handle: LifeHandle
    var world: World { handle.world }

    init(handle: LifeHandle) { self.handle = handle }

    private static let dead = StoreError(.other, "the daemon is dead")

    func read<Value: Sendable>(
        _ name: StaticString, _ verb: @Sendable (Catalog) async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        guard await handle.begin(name) else { throw SimulatedStore.dead }
        return try await checked(name, verb)
    }

    func write<Value: Sendable>(
        _ name: StaticString, _ verb: @Sendable (Catalog) async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        guard await handle.begin(name) else { throw SimulatedStore.dead }
        try failIfDue()
        let value = try await checked(name, verb)
        handle.world.checkRows(after: name)
        guard await handle.end() else { throw SimulatedStore.dead }
        return value
    }

    /// A write that proves its claim. Where the daemon dies before it, it may still arrive after the next one's rescue.
    func fenced(
        _ name: StaticString, _ verb: @escaping @Sendable (Catalog) async throws(StoreError) -> Bool
    ) async throws(StoreError) -> Bool {
        let wasAlive = !handle.isDead
        guard await handle.begin(name) else {
            if wasAlive { handle.world.keepLateWrite(name, verb) }
            throw SimulatedStore.dead
        }
        try failIfDue()
        let value = try await checked(name, verb)
        handle.world.checkRows(after: name)
        guard await handle.end() else { throw SimulatedStore.dead }
        return value
    }

    private func failIfDue() throws(StoreError) {
        let world = handle.world
        guard world.fails(world.storeFaults) else { return }
        world.note("store fault")
        throw world.random.chance(0.5)
            ? StoreError(.busy, "injected: busy") : StoreError(.storage, "injected: disk full")
    }

    /// The catalog's own refusals are bugs of ours, but for the one that a race explains.
    private func checked<Value: Sendable>(
        _ name: StaticString, _ verb: @Sendable (Catalog) async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let world = handle.world
        world.noteTime()
        do {
            return try await verb(world.database.catalog)
        } catch {
            if "\(name)" != "forgetMissing" { world.violate("\(name): the catalog refused: \(error.message)") }
            throw error
        }
    }
}
