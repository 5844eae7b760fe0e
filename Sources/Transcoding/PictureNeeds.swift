/// What the pictures around it need of one packet's picture.
struct PictureNeeds: Sendable, Hashable {
    /// Another picture may be predicted from it.
    var isReference: Bool
    /// The packet carries more than a picture: headers that later packets use.
    var carriesHeaders: Bool
    /// Nothing from here on, in decoding order, needs anything from before.
    var isBarrier: Bool

    /// Nothing is known, so it must be decoded.
    static let unknown = PictureNeeds(isReference: true, carriesHeaders: true, isBarrier: false)
    /// A picture that stands alone, in a codec where all do.
    static let alone = PictureNeeds(isReference: false, carriesHeaders: false, isBarrier: true)

    var isDisposable: Bool { !isReference && !carriesHeaders }
}
