/// How a waiting worker is asked for another one like itself, which then waits in its place: that costs a few
/// milliseconds, where a program that loads libav's 137 libraries takes 80. The asked one has seen no file, and sees none.
public enum WorkerBirth {
    /// The request. Its descriptors: the new worker's end of its channel, and its standard error.
    public static let request: [UInt8] = Array("birth".utf8)

    /// The answer: the new worker's process, a child of the asked one's parent.
    public static func answer(process: Int32) -> [UInt8] { Array("\(process)".utf8) }

    /// - Returns: the process that an answer names; `nil` for no answer.
    public static func process(in answer: [UInt8]) -> Int32? {
        Int32(String(decoding: answer, as: UTF8.self)).flatMap { $0 > 0 ? $0 : nil }
    }
}
