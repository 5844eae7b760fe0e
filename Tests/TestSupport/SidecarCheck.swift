import SystemPackage

/// Holds every sidecar in a tree against the published schema, with a validator that is not ours.
enum SidecarCheck {
    /// Needs python3-jsonschema. Every `.json` file in the tree is a sidecar; a foreign one is kept as `.foreign`.
    private static let script = """
        import json, os, sys
        from jsonschema import Draft202012Validator
        schema = json.load(open(sys.argv[1]))
        Draft202012Validator.check_schema(schema)
        validator = Draft202012Validator(schema)
        problems = []
        for directory, _, names in os.walk(os.fsencode(sys.argv[2])):
            for name in names:
                path = os.path.join(directory, name)
                if b'/proxy/' in path and os.path.getsize(path) == 0:
                    problems.append(f'{path}: empty')
                if not name.endswith(b'.json'):
                    continue
                try:
                    document = json.loads(open(path, 'rb').read().decode('utf-8'))
                except ValueError as error:
                    problems.append(f'{path}: {error}')
                    continue
                problems += [f'{path}: {e.json_path}: {e.message}' for e in validator.iter_errors(document)]
        print('\\n'.join(problems), end='')
        """

    static func run(below directory: FilePath) async throws {
        let problems = try await Command.output(
            "python3", ["-c", script, Programs.sidecarSchema.string, directory.string])
        guard problems.isEmpty else { throw FixtureError("what a reader finds: \(problems)") }
    }
}
