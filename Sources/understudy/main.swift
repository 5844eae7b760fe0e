import Commands

// Before there are other threads.
Program.begin()
await Program.run()
