import LibAV
import WorkerProtocol

extension WorkerLimits {
    /// Those that libav keeps while it opens a container.
    var ofInput: InputContainer.Limits {
        .init(maxStreams: maxStreams, maxPixels: maxPixels, maxAllocation: maxAllocationBytes)
    }
}
