/// What a decoder or encoder has to offer when it is asked for output.
public enum CodecResult: Sendable, Hashable {
    /// A frame or packet was handed out.
    case ready
    /// More input is needed first.
    case again
    /// Everything was handed out, and no more input is taken.
    case end
}
