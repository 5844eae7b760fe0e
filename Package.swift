// swift-tools-version: 6.2

import PackageDescription

/// Language settings of every Swift target: docs/ARCHITECTURE.md says why each is on.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .strictMemorySafety(),
]

/// What is installed is linked by lld, which the toolchain brings, so that little of the program need be in memory:
/// relative relocations take 19 kB instead of 2.3 MB (`DT_RELR`: glibc 2.36, that of Debian 12, knows them), and no symbol is
/// offered to libraries, none of which asks for one.
let compact: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs", "-Xlinker", "--no-export-dynamic",
        ], .when(configuration: .release))
]

let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let asyncAlgorithms = Target.Dependency.product(name: "AsyncAlgorithms", package: "swift-async-algorithms")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let tomlKit = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name), "TestSupport", systemPackage] + dependencies,
        swiftSettings: strict
    )
}

let package = Package(
    name: "understudy",
    products: [
        .executable(name: "understudy", targets: ["understudy"]),
        .executable(name: "understudy-worker", targets: ["understudy-worker"]),
        // For tests alone: loaded into the daemon by the dynamic loader (Tests/FaultInjection).
        .library(name: "FaultInjection", type: .dynamic, targets: ["FaultInjection"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-async-algorithms", from: "1.1.4"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
    ],
    targets: [
        // Foreign C interfaces: module maps and macro shims only.
        .systemLibrary(name: "CLibAV", pkgConfig: "libavformat", providers: [.apt(["libavformat-dev"])]),
        .systemLibrary(
            name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),

        // The worker's side: the only targets that link libav.
        module("LibAV", ["CLibAV", "CTurboJPEG", "CLinux", "ProRes", systemPackage]),
        module("Transcoding", ["LibAV", "Domain", "WorkerProtocol", systemPackage]),
        module("Sealing", ["CLinux", "CSeccomp", "WorkerProtocol", systemPackage]),
        .executableTarget(
            name: "understudy-worker",
            dependencies: [
                "Transcoding", "Sealing", "WorkerProtocol", "LocalSockets", "Domain", "LibAV", "CLinux", systemPackage,
            ],
            swiftSettings: strict,
            linkerSettings: compact
        ),

        // Pure.
        module("ProRes"),
        module("Domain", [systemPackage]),
        module("WorkerProtocol", ["Domain"]),

        // Adapters of the daemon's side, one foreign interface each.
        module("LocalSockets", ["CLinux", systemPackage]),
        module("Systemd", ["LocalSockets"]),
        module("DurableFiles", ["Domain", "CLinux", systemPackage]),
        module("Inotify", [systemPackage]),
        module("DropFolders", ["Domain", "Inotify", "CLinux", systemPackage, logging]),
        module("Catalog", ["Domain", grdb, systemPackage]),
        module("Sidecars", ["Domain", "DurableFiles", systemPackage]),
        module(
            "Supervision", ["Domain", "WorkerProtocol", "LocalSockets", "CLinux", subprocess, systemPackage, logging]),
        module("JobRunner", ["Domain", systemPackage, logging, lifecycle, asyncAlgorithms]),

        // Assembly and the command line.
        module(
            "Daemon",
            [
                "Domain", "DurableFiles", "DropFolders", "Catalog", "Sidecars", "Supervision", "JobRunner",
                "LocalSockets", "Systemd", "WorkerProtocol", systemPackage, logging, lifecycle, asyncAlgorithms,
                tomlKit,
            ]
        ),
        module(
            "Commands",
            [
                "Daemon", "Catalog", "Domain", "JobRunner", "Systemd", "WorkerProtocol", systemPackage, logging,
                argumentParser, lifecycle,
            ]
        ),
        .executableTarget(
            name: "understudy", dependencies: ["Commands"], swiftSettings: strict, linkerSettings: compact),

        // Measured with, not installed: `make bench-catalog`.
        .executableTarget(
            name: "catalog-benchmark", dependencies: ["Catalog", "Domain", systemPackage],
            path: "Benchmarks/CatalogBenchmark", swiftSettings: strict),
        // `make bench-seal`.
        .executableTarget(
            name: "seal-benchmark", dependencies: ["Supervision", "WorkerProtocol", "Domain", systemPackage, logging],
            path: "Benchmarks/SealBenchmark", swiftSettings: strict),

        // Tests: folders mirror Sources, plus IntegrationTests, which run the real programs.
        .target(
            name: "TestSupport", dependencies: [systemPackage, subprocess], path: "Tests/TestSupport",
            swiftSettings: strict),
        .target(
            name: "FaultInjection", path: "Tests/FaultInjection", cSettings: [.define("_GNU_SOURCE")],
            linkerSettings: [.linkedLibrary("dl")]),
        // A worker in an attacker's hands; never installed.
        .target(name: "CEvil", path: "Tests/CEvil"),
        .executableTarget(
            name: "evil-worker",
            dependencies: ["CEvil", "Sealing", "WorkerProtocol", "LocalSockets", "Domain", "CLinux", systemPackage],
            path: "Tests/EvilWorker",
            swiftSettings: strict
        ),
        tests("Domain"),
        tests("ProRes"),
        tests("LibAV"),
        tests("WorkerProtocol", ["Domain"]),
        tests("Transcoding", ["LibAV", "Domain", "WorkerProtocol"]),
        tests("LocalSockets"),
        tests("Systemd", ["LocalSockets"]),
        tests("DurableFiles", ["Domain"]),
        tests("Inotify"),
        tests("DropFolders", ["Domain"]),
        tests("Catalog", ["Domain", grdb]),
        tests("Sidecars", ["Domain", "DurableFiles"]),
        tests("Sealing", ["WorkerProtocol"]),
        tests("Supervision", ["Domain", "WorkerProtocol", "CEvil", "evil-worker", "understudy-worker", logging]),
        tests("JobRunner", ["Domain"]),
        tests(
            "Daemon",
            [
                "Domain", "Catalog", "DropFolders", "DurableFiles", "JobRunner", "LocalSockets", "Sidecars",
                "WorkerProtocol", logging,
            ]
        ),
        tests("Commands", ["Domain", "LocalSockets", "Systemd", logging, argumentParser]),
        .systemLibrary(name: "CEnqueueHook", path: "Tests/CEnqueueHook"),
        .executableTarget(
            name: "Simulator",
            dependencies: [
                "CEnqueueHook", "Catalog", "Domain", "JobRunner", grdb, sqlite, logging, lifecycle, systemPackage,
            ],
            path: "Tests/Simulator", swiftSettings: strict
        ),
        .testTarget(
            name: "SimulatorTests", dependencies: ["Simulator", "TestSupport", systemPackage], swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "TestSupport", "understudy", "understudy-worker", "evil-worker", "LocalSockets", systemPackage, grdb,
                subprocess,
            ],
            swiftSettings: strict
        ),
    ]
)
