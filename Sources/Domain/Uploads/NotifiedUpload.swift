/// What an uploader's word is worth: evidence in its own right that needs no quiet, but no way around what speaks
/// against it. Pure.
public enum NotifiedUpload {
    /// The evidence by which a notified upload is complete; `nil` where it was not notified, a writer still has the file
    /// open, it is empty, or its container is cut short.
    public static func evidence(for observation: UploadObservation, isNotified: Bool) -> [UploadEvidence]? {
        guard isNotified, observation.writer != .busy, observation.identity.sizeBytes > 0 else { return nil }
        switch observation.structure {
        case .cutShort: return nil
        case .whole: return [.notified] + writer(observation) + [.containerComplete]
        case .cannotTell: return [.notified] + writer(observation)
        }
    }

    private static func writer(_ observation: UploadObservation) -> [UploadEvidence] {
        observation.writer == .free ? [.noWriter] : []
    }
}
