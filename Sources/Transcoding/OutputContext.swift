import LibAV

/// What the first picture needs to open the output.
struct OutputContext: ~Copyable {
    let original: Original
    let audio: (any SoundPath)?

    /// What the proxy's picture carries besides its data.
    /// - Parameter factor: height of the proxy's pictures over that of the original's.
    func tags(of stream: StreamInfo, scaledBy factor: Double) -> OutputContainer.StreamTags {
        .init(
            displayMatrix: stream.displayMatrix.map { DisplayMatrix.scaled($0, by: factor) },
            language: stream.language,
            creationTime: original.container.metadata("creation_time") ?? stream.creationTime)
    }
}
