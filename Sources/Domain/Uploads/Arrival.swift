/// An upload that is proved complete, with what the store needs where it has not heard of the original before.
public struct Arrival: Sendable, Hashable {
    public let sighting: Sighting
    public let evidence: [UploadEvidence]
    public let preset: Preset
    /// Of the content; `nil` where it could not be read.
    public let fingerprint: ContentFingerprint?

    public init(
        sighting: Sighting, evidence: [UploadEvidence], preset: Preset, fingerprint: ContentFingerprint? = nil
    ) {
        self.sighting = sighting
        self.evidence = evidence
        self.preset = preset
        self.fingerprint = fingerprint
    }
}

/// What the store made of an arrival.
public struct ArrivalOutcome: Sendable, Hashable {
    public let sighting: SightingOutcome
    /// Whether a job was queued; not where the original is known, unchanged and uploaded.
    public let isQueued: Bool

    public init(sighting: SightingOutcome, isQueued: Bool) {
        self.sighting = sighting
        self.isQueued = isQueued
    }
}
