// What an attacker who runs code in the worker might try. For tests only; never installed.
#ifndef UNDERSTUDY_EVIL_H
#define UNDERSTUDY_EVIL_H

// Makes one attempt, on the descriptors of the conversation. Returns 0 where it worked, else errno; -1 for a name that
// is not known. May not return at all, which is the point of the filter.
int evil_attempt(const char *name, const char *argument, int original, int output);

// The same from a thread that is started now. Returns EAGAIN's like where no thread can be started.
int evil_attempt_in_thread(const char *name, const char *argument, int original, int output);

// The name of the attempt with a number; NULL after the last one.
const char *evil_name(int number);

// Becomes a program for which the kernel has no landlock (ENOSYS). Returns only where that fails.
int evil_become_without_landlock(const char *program, char *const words[]);

#endif
