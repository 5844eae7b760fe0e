// Tells the thread sanitizer of the slow half of Swift's Synchronization.Mutex (Linux).
//
// The fast half is compiled into the program and instrumented with it. A contended lock is taken in the Swift library,
// which is not: the sanitizer then misses that the locker comes after the unlocker, and reports races between closures of
// withLock that the mutex keeps apart. `make tsan` loads this between the program and the Swift library (LD_PRELOAD).
// Names and calling convention: stdlib/public/Synchronization/Mutex/LinuxImpl.swift of Swift 6.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define CONTEXT __attribute__((swift_context))

SWIFT void lock_slow(uint32_t thread, CONTEXT void *handle) __asm__(LOCK_SLOW);
SWIFT void unlock_slow(CONTEXT void *handle) __asm__(UNLOCK_SLOW);

static void tell(const char *annotation, void *handle) {
    void (*function)(void *) = (void (*)(void *))dlsym(RTLD_DEFAULT, annotation);
    if (function) function(handle);
}

SWIFT void lock_slow(uint32_t thread, CONTEXT void *handle) {
    static SWIFT void (*next)(uint32_t, CONTEXT void *);
    if (!next) next = (SWIFT void (*)(uint32_t, CONTEXT void *))dlsym(RTLD_NEXT, LOCK_SLOW);
    next(thread, handle);
    tell("__tsan_acquire", handle);
}

SWIFT void unlock_slow(CONTEXT void *handle) {
    static SWIFT void (*next)(CONTEXT void *);
    if (!next) next = (SWIFT void (*)(CONTEXT void *))dlsym(RTLD_NEXT, UNLOCK_SLOW);
    tell("__tsan_release", handle);
    next(handle);
}
