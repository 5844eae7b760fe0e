import Glibc

// understudy-simulator FIRST LAST [--events N] [--trace] [--twice]
//
// Simulates the seeds from FIRST to LAST and prints one line for each that fails, then a line of figures. Ends with 1
// where one failed. `--trace` prints what happens; `--twice` runs each seed twice and compares the traces.

/// Keeps order in hashed collections, so that a seed always takes the same course: set before the process starts, the
/// runtime reads it then (swift/stdlib/public/stubs/Hashing.cpp).
guard unsafe getenv("SWIFT_DETERMINISTIC_HASHING") != nil else {
    unsafe setenv("SWIFT_DETERMINISTIC_HASHING", "1", 1)
    unsafe execv("/proc/self/exe", CommandLine.unsafeArgv)
    say("cannot start anew with SWIFT_DETERMINISTIC_HASHING")
    exit(70)
}

let options = try Options(CommandLine.arguments.dropFirst())
let loop = VirtualLoop()
loop.takeOverGlobalExecutor()
let database = try VirtualDatabase()
exit(try Run(options: options, loop: loop, database: database).perform() ? 0 : 1)
