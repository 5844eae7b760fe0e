import FoundationEssentials
import Glibc
import SystemPackage

/// Holds documents against etc/understudy/sidecar.schema.json, with Python's jsonschema (package python3-jsonschema).
enum SchemaValidator {
    private static let script = """
        import json, pathlib, sys
        from jsonschema import Draft202012Validator
        schema = json.loads(pathlib.Path(sys.argv[1]).read_text())
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        folder = pathlib.Path(sys.argv[2])
        bad = [f.stem for f in sorted(folder.glob('*.json')) if list(validator.iter_errors(json.loads(f.read_text())))]
        (folder / 'rejected').write_text('\\n'.join(bad))
        """

    private static var schema: String {
        let here = FilePath(#filePath)
        let package = here.removingLastComponent().removingLastComponent().removingLastComponent()
        return package.appending("etc/understudy/sidecar.schema.json").string
    }

    struct Unavailable: Error, CustomStringConvertible {
        let description: String
    }

    /// - Returns: the names of those that the schema refuses, sorted.
    static func rejected(_ documents: [String: [UInt8]]) throws -> [String] {
        let scratch = try Scratch()
        for (name, bytes) in documents {
            try scratch.write(String(decoding: bytes, as: UTF8.self), to: "\(name).json")
        }
        let status = try run(["python3", "-c", script, schema, scratch.root.string])
        guard status == 0 else {
            throw Unavailable(description: "python3 with jsonschema ended with \(status); install python3-jsonschema")
        }
        return try scratch.text("rejected").split(separator: "\n").map(String.init).sorted()
    }

    private static func run(_ arguments: [String]) throws -> Int32 {
        var process: pid_t = 0
        var words = unsafe arguments.map { unsafe strdup($0) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        let code = unsafe posix_spawnp(&process, words[0].unsafelyUnwrapped, nil, nil, &words, environ)
        guard code == 0 else { throw Unavailable(description: "python3 cannot be started: \(Errno(rawValue: code))") }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
        return status
    }
}
