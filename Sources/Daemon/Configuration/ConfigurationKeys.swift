/// Every key of the configuration, in the order in which people are told of them. This is the one place to add one: the
/// reader refuses what does not stand here, and the tests demand that it reads what does. Afterwards `make docs`.
public enum ConfigurationKeys {
    public static let all = daemon + watch + presets + hooks

    /// The names in one table.
    static func names(in table: ConfigurationTable) -> [String] { all.filter { $0.table == table }.map(\.name) }

    private static let daemon = [
        ConfigurationKey(
            .daemon, "state_dir", takes: "an absolute path", standard: .value(#""/var/lib/understudy""#),
            example: #""/var/lib/other""#,
            "Where the database, its lock and the control socket live. Must be on a local file system."),
        ConfigurationKey(
            .daemon, "workers", takes: #""auto" or a whole number from 1 to 256"#, standard: .value(#""auto""#),
            example: "2", #"Parallel jobs; "auto" is one for each processor."#),
        ConfigurationKey(
            .daemon, "spare_workers", takes: "a whole number from 0 to 16", standard: .value("1"), example: "0",
            "Workers that wait, started, for the next job, so that its start costs nothing. Each takes some memory."),
        ConfigurationKey(
            .daemon, "sandbox", takes: #""required", "best-effort" or "off""#, standard: .value(#""required""#),
            example: #""best-effort""#,
            """
            The kernel's seal around each worker, which opens files that nobody vetted. "required": no file is opened \
            without the whole seal (landlock and seccomp; Linux 5.13); "best-effort": what the kernel has is used, and \
            the log and `check` name what is missing; "off": for measurements only.
            """),
        ConfigurationKey(
            .daemon, "min_free_space", takes: #"a size, such as "500 MB" or "2 GiB""#, standard: .value(#""2 GiB""#),
            example: #""500 MB""#,
            """
            No job starts while the destination's file system has less free space; jobs wait and go on by themselves.
            """),
        ConfigurationKey(
            .daemon, "keep_history", takes: #"a duration from "1d""#, standard: .value(#""90d""#),
            example: #""365d""#,
            """
            How long ended jobs and the history of decisions are kept. Rows of originals and their present jobs stay.
            """),
        ConfigurationKey(
            .daemon, "schedule", takes: "a list of hours", standard: .value("[]"), example: #"["22:00-06:00"]"#,
            """
            Hours in which jobs may start, by the machine's local time: "22:00-06:00", or with the days on which they \
            begin, as in "mon-fri 19:30-07:00" and "sat,sun 00:00-24:00". Outside them uploads are followed and jobs \
            wait; running ones end. Without any, jobs start at all hours.
            """),
        ConfigurationKey(
            .daemon, "metrics_file", takes: "an absolute path that ends in .prom", standard: .words("none is written"),
            example: #""/var/lib/prometheus/node-exporter/understudy.prom""#,
            """
            Metrics for Prometheus are written here every 15 seconds, for the node exporter's textfile collector.
            """),
        ConfigurationKey(
            .daemon, "metrics_listen", takes: "an address of this machine (127.0.0.0/8, [::1]) with a port",
            standard: .words("none are served"), example: #""127.0.0.1:9840""#,
            "They are served at http://ADDRESS/metrics."),
    ]

    private static let watch = [
        ConfigurationKey(
            .watch, "root", takes: "an absolute path", standard: .required, example: #""/srv/nas""#,
            "The tree. Roots must not overlap."),
        ConfigurationKey(
            .watch, "preset", takes: "a preset's name", standard: .value(#""review""#), example: #""small""#,
            "The recipe of its proxies (see [presets.NAME])."),
        ConfigurationKey(
            .watch, "original_dir", takes: "a directory's name", standard: .value(#""original""#),
            example: #""incoming""#, "Name of the drop folders."),
        ConfigurationKey(
            .watch, "proxy_dir", takes: "a directory's name", standard: .value(#""proxy""#), example: #""light""#,
            "Name of the directories that mirror them."),
        ConfigurationKey(
            .watch, "proxy_root", takes: "an absolute path", standard: .words("beside the originals"),
            example: #""/fast/proxies""#,
            "Mirrors the tree here instead of beside the originals, which may then be on a read-only mount."),
        ConfigurationKey(
            .watch, "extensions", takes: "a list of extensions", standard: .words("a long list of video extensions"),
            example: #"["mp4", "mov", "mts", "mxf"]"#,
            #"Extensions taken, without case; ["*"] takes every file."#),
        ConfigurationKey(
            .watch, "ignore", takes: "a list of patterns", standard: .value("[]"), example: #"["*.LRV"]"#,
            #"Further file and directory names to ignore (*, ?, [...]; without case), such as ["*.LRV"]."#),
        ConfigurationKey(
            .watch, "settle", takes: "a duration", standard: .value(#""10s""#), example: #""30s""#,
            """
            How long nothing may have moved in an upload that no writer holds, where its container's structure does \
            not prove that it is whole.
            """),
        ConfigurationKey(
            .watch, "stall_timeout", takes: "a duration", standard: .value(#""10m""#), example: #""1h""#,
            "A cut upload that does not grow for this long is shown as incomplete."),
        ConfigurationKey(
            .watch, "poll", takes: #""auto" or an interval from "100ms""#, standard: .value(#""auto""#),
            example: #""5s""#,
            #""auto" polls where events are known to fail; an interval polls besides, for file systems not recognised."#
        ),
        ConfigurationKey(
            .watch, "on_original_deleted", takes: #""keep" or "delete""#, standard: .value(#""keep""#),
            example: #""delete""#, "What happens to the proxy of a deleted original."),
        ConfigurationKey(
            .watch, "owner", takes: "a user's name or number", standard: .words("the daemon's user"), example: "1000",
            "Whom proxies, sidecars and the directories made for them belong to; needs root or CAP_CHOWN."),
        ConfigurationKey(
            .watch, "group", takes: "a group's name or number",
            standard: .words("what the destination directory implies (its set-group-ID bit)"), example: "1000",
            "Their group; the daemon must be a member of it, or have CAP_CHOWN."),
    ]

    private static let presets = [
        ConfigurationKey(
            .presets, "height", takes: "a whole number from 16 to 4320", standard: .value("480"), example: "240",
            "Lines on the shorter side as displayed; never more than the original has."),
        ConfigurationKey(
            .presets, "fps", takes: "a whole number from 1 to 240", standard: .value("10"), example: "5",
            "Frames per second; never more than the original has."),
        ConfigurationKey(
            .presets, "codec", takes: #""h264""#, standard: .value(#""h264""#), example: #""h264""#,
            "The picture's codec."),
        ConfigurationKey(
            .presets, "quality", takes: "a whole number from 0 to 51", standard: .value("28"), example: "30",
            "x264's constant rate factor: 0 is lossless; smaller is better and larger in bytes."),
        ConfigurationKey(
            .presets, "audio", takes: #""aac" or "none""#, standard: .value(#""aac""#), example: #""none""#,
            "The sound."),
        ConfigurationKey(
            .presets, "audio_bitrate", takes: #"a bit rate from "16k" to "512k""#, standard: .value(#""64k""#),
            example: #""48k""#, "Bits of sound per second."),
        ConfigurationKey(
            .presets, "remux", takes: "true or false", standard: .value("true"), example: "false",
            "Copies the picture of an original that is a proxy already: H.264, no larger, no faster, few bytes."),
    ]

    private static let hooks = [
        ConfigurationKey(
            .hooks, "on_completed", takes: "a program's absolute path, with arguments",
            standard: .words("nobody is told"), example: #"["/usr/local/bin/tell", "{original}", "{proxy}"]"#,
            "The program that is told of a proxy."),
        ConfigurationKey(
            .hooks, "on_failed", takes: "a program's absolute path, with arguments",
            standard: .words("nobody is told"), example: #"["/usr/local/bin/tell", "{original}", "{code}"]"#,
            "The program that is told of a failure."),
        ConfigurationKey(
            .hooks, "webhook", takes: "an address from http:// or https://", standard: .words("none"),
            example: #""https://example.org/understudy""#, "The sidecar is posted here, by curl, for both events."),
        ConfigurationKey(
            .hooks, "webhook_secret_file", takes: "an absolute path", standard: .words("no signature"),
            example: #""/etc/understudy/webhook.secret""#,
            "A file with a key: the header X-Understudy-Signature then holds sha256= and the body's HMAC."),
        ConfigurationKey(
            .hooks, "timeout", takes: #"a duration from "1s" to "1h""#, standard: .value(#""30s""#),
            example: #""5m""#, "How long one try may take."),
        ConfigurationKey(
            .hooks, "retries", takes: "a whole number from 0 to 1000", standard: .value("10"), example: "3",
            "How often a try that failed is repeated (after 10 s, 20 s, 40 s ... at most 1 h)."),
    ]
}
