// A library for tests, loaded into the unchanged daemon by the dynamic loader (LD_PRELOAD, ld.so(8)). It stands between
// the program and the C library (and sqlite3_step), and does at chosen calls what a plan asks for: ends the process,
// fails the call, shortens a write, or stalls. Nothing of it is in the programs; what they ship cannot be told to do any of this.
//
// FAULT_PLAN names the plan, a text file with one rule in each line, fields separated by tabs:
//
//     CALL  ACTION  SKIP  COUNT  AFTER  PATTERN
//
// CALL     create, open, read, write, truncate, sync, chmod, stat, rename, unlink, mkdir: a system call on a file;
//          commit: the COMMIT of a transaction that ran a statement which the pattern matches; `*` any system call.
// ACTION   note (only counts as fired), kill-before, kill-after, short (half of a write), stall (the calling thread never
//          returns), or an errno's number.
// SKIP     how many calls that match are let pass first.
// COUNT    how many are hit then; 0 for all that follow.
// AFTER    index of a rule (from 0) that must have fired before this one begins to count; -1 for none.
// PATTERN  fnmatch(3) pattern, without FNM_PATHNAME, for the file's path (of a rename: the new one) or the SQL text. Where
//          all patterns are `*` and no scope is set, no path is looked up: so it must be in a sealed worker.
//
// FAULT_TRACE names a file to which are appended: `CALL <tab> PATH` for each call on a file below FAULT_SCOPE, and
// `HIT <tab> RULE <tab> PATH` for each call that a rule hit.
#ifndef UNDERSTUDY_FAULTS_H
#define UNDERSTUDY_FAULTS_H
#endif
