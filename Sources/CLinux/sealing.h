// What a process gives up for good: prctl(2), capset(2), landlock(7). The numbers are our own where Debian 12's headers
// (Linux 6.1) do not know them yet; they are the same on every architecture.
#ifndef UNDERSTUDY_CLINUX_SEALING_H
#define UNDERSTUDY_CLINUX_SEALING_H

#include <malloc.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// prctl(2), PR_SET_NO_NEW_PRIVS: no execve gives rights any more. Needed for landlock and seccomp without privileges.
static inline int clinux_give_up_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L); }
// prctl(2), PR_SET_DUMPABLE: no core file, and no ptrace by others of the same user.
static inline int clinux_become_undumpable(void) { return prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L); }
#define CLINUX_PR_SET_NAME 15

// capset(2), _LINUX_CAPABILITY_VERSION_3: empties all sets of the calling thread (and with them the ambient one).
static inline int clinux_drop_capabilities(void) {
    struct { uint32_t version; int32_t pid; } header = {0x20080522u, 0};
    struct { uint32_t effective, permitted, inheritable; } none[2] = {{0, 0, 0}, {0, 0, 0}};
    return (int)syscall(SYS_capset, &header, none);
}

// capget(2): whether the calling thread has any right, or could take one. What is only inheritable becomes a right by
// execve(2) of a file that says so, and by nothing else (capabilities(7)).
static inline int clinux_has_capabilities(void) {
    struct { uint32_t version; int32_t pid; } header = {0x20080522u, 0};
    struct { uint32_t effective, permitted, inheritable; } sets[2] = {{0, 0, 0}, {0, 0, 0}};
    if (syscall(SYS_capget, &header, sets) < 0) return 1;
    return (sets[0].effective | sets[0].permitted | sets[1].effective | sets[1].permitted) != 0;
}
// prctl(2), PR_CAP_AMBIENT_CLEAR_ALL: no right of the calling thread, nor of those that it starts later, passes to
// another program.
static inline int clinux_keep_capabilities_from_children(void) { return prctl(47, 4L, 0L, 0L, 0L); }

// landlock_create_ruleset(2) with LANDLOCK_CREATE_RULESET_VERSION: the newest ABI that the kernel knows; -1 where it has
// none, or it was not enabled at boot.
static inline int clinux_landlock_abi(void) { return (int)syscall(444, (void *)0, (size_t)0, 1u); }
// A ruleset without any rule: everything that it handles is denied. `size` is that of the attributes in the chosen ABI.
static inline int clinux_landlock_create(uint64_t file_system, uint64_t network, uint64_t scopes, size_t size) {
    struct { uint64_t file_system, network, scopes; } attributes = {file_system, network, scopes};
    return (int)syscall(444, &attributes, size, 0u);
}
static inline int clinux_landlock_restrict(int ruleset) { return (int)syscall(446, ruleset, 0u); }

// seccomp(2), SECCOMP_GET_ACTION_AVAIL: whether filters can end a process (SECCOMP_RET_KILL_PROCESS).
static inline int clinux_seccomp_can_kill(void) {
    uint32_t action = 0x80000000u;
    return (int)syscall(SYS_seccomp, 2u, 0u, &action);
}

// setrlimit(2): soft and hard limit.
static inline int clinux_limit(int resource, uint64_t soft, uint64_t hard) {
    struct rlimit limit = {(rlim_t)soft, (rlim_t)hard};
    return setrlimit((__rlimit_resource_t)resource, &limit);
}

// mallopt(3): each further arena reserves 64 MiB of addresses, which count against RLIMIT_AS.
static inline int clinux_limit_arenas(int count) { return mallopt(M_ARENA_MAX, count); }

// malloc_trim(3): what is free goes back to the kernel.
static inline void clinux_trim_heap(void) { (void)malloc_trim(0); }
// madvise(2), MADV_DONTNEED: pages of a mapping that nobody has written to are read from its file when they are used again.
static inline void clinux_release_clean_pages(uint64_t start, uint64_t length) {
    (void)madvise((void *)(uintptr_t)start, (size_t)length, MADV_DONTNEED);
}

// fstat(2) by its own system call. The C library's fstat goes through newfstatat(2), which also takes names, and which a
// sealed process therefore may not call. -1 where it cannot be told.
static inline int64_t clinux_file_size(int fd) {
    struct stat status;
    return syscall(SYS_fstat, fd, &status) < 0 ? -1 : (int64_t)status.st_size;
}

// clone(2): the flags that tell a thread from a process.
#define CLINUX_CLONE_VM 0x00000100ull
#define CLINUX_CLONE_SIGHAND 0x00000800ull
#define CLINUX_CLONE_VFORK 0x00004000ull
#define CLINUX_CLONE_THREAD 0x00010000ull
// CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET.
#define CLINUX_CLONE_NEW_NAMESPACES 0x7e020000ull

#endif
