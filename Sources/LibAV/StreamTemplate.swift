internal import CLibAV

/// Owns the description of a stream whose packets are copied.
@safe
public struct StreamTemplate: ~Copyable {
    let parameters: UnsafeMutablePointer<AVCodecParameters>

    public static func copy(of container: borrowing InputContainer, stream index: Int) throws(LibAVError)
        -> StreamTemplate
    {
        let template = unsafe StreamTemplate(
            parameters: try allocated(avcodec_parameters_alloc(), "avcodec_parameters_alloc"))
        unsafe try check(
            avcodec_parameters_copy(
                template.parameters, try allocated(try container.stream(index).pointee.codecpar, "codec parameters")),
            "avcodec_parameters_copy")
        // The output's container has codes of its own.
        unsafe template.parameters.pointee.codec_tag = 0
        return template
    }

    deinit {
        var gone: UnsafeMutablePointer<AVCodecParameters>? = unsafe parameters
        unsafe avcodec_parameters_free(&gone)
    }
}
