/// The messages that programs may wait for, with their ids for `journalctl MESSAGE_ID=…`. An id is never given to another
/// message; a test holds this table against docs/OPERATION.md and against the sources.
enum JournalMessages {
    struct Known: Sendable, Hashable {
        let id: String
        /// The state that an original or its job is in afterwards.
        var state: String?
    }

    static let all: [String: Known] = [
        "understudy started": Known(id: "feda3981ee3645299e1564963a401532"),
        "understudy stopped": Known(id: "0f588b598c52499cb4b846712ec322b8"),
        "first scan done": Known(id: "5f6d65dd17a741939c365fafdbe9f643"),
        "configuration reloaded": Known(id: "4fea7b41b8b840198d615d212733c3b9"),
        "new configuration refused, the old one stays": Known(id: "14e631a89edf4141ab0566a2bede0fee"),
        "upload complete": Known(id: "1f7adfa32a7e4a628be838c19135c02b", state: "queued"),
        "upload stands still and is cut short": Known(id: "1c430e7508684eba88792749f0b23b58", state: "incomplete"),
        "upload goes on": Known(id: "4e1bc2052c3f4aad9b789dc7ab25232a", state: "uploading"),
        "original refused": Known(id: "e72b9931be774bbaa1aa5fe305c0b84f", state: "failed"),
        "original replaced": Known(id: "f9894be8731f49b2b74118e1a9ef29e6", state: "uploading"),
        "original renamed": Known(id: "7a70559579b84a72b46043316da53aa4"),
        "original deleted": Known(id: "fb01a604978a4f29bb8c149c509485a5"),
        "job started": Known(id: "d3d00d0dc5c246488d2288426bf12470", state: "running"),
        "job completed": Known(id: "16a010317c774c24afbe0e098087eaee", state: "completed"),
        "job failed": Known(id: "a7bfd44bcafe4d4cbfca8fea45352d4b", state: "failed"),
        "attempt failed, job waits": Known(id: "73059d71b9594a5b88fade51ca5feb13", state: "queued"),
        "jobs wait": Known(id: "8718c3b48b994f05a61c97e3164b65e5", state: "queued"),
        "job put back": Known(id: "794fd205fe6b49ef9987b0dca09b2380", state: "queued"),
        "interrupted job put back": Known(id: "e692b6eabf5c48d8954d0172872f0c47", state: "queued"),
        "verified proxy found, job completed": Known(id: "e0b14cddb5de4e628cc52f430c233d9e", state: "completed"),
        "original changed, job ended": Known(id: "d283ffe15a794b7e9769fac81dd9582d", state: "cancelled"),
        "job withdrawn": Known(id: "0e8f66db42034847b587f17c80f78f23", state: "cancelled"),
        "proxy is missing, made again": Known(id: "d454a37d805c46de8477affca9c397aa", state: "queued"),
        "proxy was altered, made again": Known(id: "f49b7df996be4fb8a121f821befb81d3", state: "queued"),
        "database not writable, trying again": Known(id: "86ff3dacac334bb187f4f63396fd2a43"),
        "database refused": Known(id: "1545ebd3a1fc4f4f9f5fcf12950ce70d"),
        "database backed up": Known(id: "052bbc264f764394a25862b02a2c3821"),
        "no sign of life; the service manager will restart the daemon": Known(id: "e4666cc9a3aa4b23926c561438211034"),
        "A root is missing; it is looked for every second": Known(id: "510bfa0c4cec44dca6cf75489c4880db"),
        "A root that was missing is there": Known(id: "a491a0999d54447fa92bf40fd7604e80"),
        "hook told": Known(id: "3f3ccd680992467f9554d07ab79f31e3"),
        "hook failed, tried again": Known(id: "e2f24add727b43249a255154d8540ebe"),
        "hook given up": Known(id: "a4cd0157d2b141819d8d82e6ed88c56b"),
    ]
}
