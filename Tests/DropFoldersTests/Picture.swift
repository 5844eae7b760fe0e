import Domain
import SystemPackage

/// What a consumer knows after some events.
struct Picture {
    /// Originals that were told and not told gone since.
    var originals: [FilePath: FileIdentity] = [:]
    var locations: [FilePath: OriginalLocation] = [:]
    var sightings: [FilePath: Int] = [:]
    var gone: Set<FilePath> = []
    var dropFolders: [FilePath] = []
    var scans = 0
    var laterWalks = 0

    mutating func take(_ event: DropFolderEvent) {
        switch event {
        case .seen(let location, let identity):
            originals[location.path] = identity
            locations[location.path] = location
            sightings[location.path, default: 0] += 1
        case .gone(let location):
            originals[location.path] = nil
            gone.insert(location.path)
        case .dropFolder(let path, _): dropFolders.append(path)
        case .scanned: scans += 1
        case .walked: laterWalks += 1
        }
    }
}
