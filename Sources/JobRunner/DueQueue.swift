import SystemPackage

/// Paths in the order of their times: a binary heap. Pure.
///
/// An entry is never changed: whoever wants another time appends another entry and knows by the number which one holds.
struct DueQueue: Sendable {
    struct Entry: Sendable {
        let due: Duration
        /// Entries of equal times come in the order of their numbers.
        let number: UInt64
        let path: FilePath

        func comes(before other: Entry) -> Bool { (due, number) < (other.due, other.number) }
    }

    private var heap: [Entry] = []

    var count: Int { heap.count }
    var first: Entry? { heap.first }

    mutating func append(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].comes(before: heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    @discardableResult
    mutating func removeFirst() -> Entry? {
        guard let last = heap.popLast() else { return nil }
        guard let first = heap.first else { return last }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].comes(before: heap[least]) { least = child }
            }
            guard least != parent else { return first }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    /// Keeps only entries that hold; for when too many do not.
    mutating func removeAll(where isStale: (Entry) -> Bool) {
        // A sorted array is a heap.
        heap = heap.filter { !isStale($0) }.sorted { $0.comes(before: $1) }
    }
}
