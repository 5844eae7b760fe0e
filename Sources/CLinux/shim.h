// Linux interfaces that the Glibc module does not show to Swift: feature-test-macro constants, CMSG macros and
// variadic system calls, as static inline functions. No logic. _GNU_SOURCE must not be defined here: it changes types
// (fd_set) that the Glibc module has already shown; hence the numbers below, from <bits/fcntl-linux.h>.
#ifndef UNDERSTUDY_CLINUX_SHIM_H
#define UNDERSTUDY_CLINUX_SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <linux/openat2.h>
#include <linux/stat.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

// fcntl(2), "Leases". A read lease is refused (EAGAIN) exactly while any writer has the inode open.
static inline int clinux_take_read_lease(int fd) { return fcntl(fd, 1024 /* F_SETLEASE */, F_RDLCK); }
static inline int clinux_release_lease(int fd) { return fcntl(fd, 1024 /* F_SETLEASE */, F_UNLCK); }

// lseek(2): the first hole at or after an offset; the end of the file where there is none.
static inline off_t clinux_seek_hole(int fd, off_t offset) { return lseek(fd, offset, 4 /* SEEK_HOLE */); }

// xattr(7): an extended attribute's value; -1 where there is none, or it is longer than `capacity`.
static inline ssize_t clinux_extended_attribute(int fd, const char *name, void *value, size_t capacity) {
    return fgetxattr(fd, name, value, capacity);
}

// fcntl(2), "Open file description locks": an exclusive whole-file lock, released with the last duplicate.
static inline int clinux_lock_exclusively(int fd) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0};
    return fcntl(fd, 37 /* F_OFD_SETLK */, &lock);
}

// renameat2(2) with RENAME_NOREPLACE: EEXIST instead of replacing.
static inline int clinux_rename_without_replacing(int from_dir, const char *from, int to_dir, const char *to) {
    return (int)syscall(SYS_renameat2, from_dir, from, to_dir, to, 1u /* RENAME_NOREPLACE */);
}

// statfs(2): the file system's magic number; -1 where the call fails.
static inline int64_t clinux_file_system_of_path(const char *path) {
    struct statfs status;
    return statfs(path, &status) < 0 ? -1 : (int64_t)(uint32_t)status.f_type;
}
static inline int64_t clinux_file_system_of(int fd) {
    struct statfs status;
    return fstatfs(fd, &status) < 0 ? -1 : (int64_t)(uint32_t)status.f_type;
}

// statx(2), which stat(2) does not tell: when the inode was made (0 where the file system does not say), and whether it
// is the root of a mount (0 too where the kernel, before 5.8, does not say).
static inline int clinux_birth(int fd, int64_t *nanoseconds, int *is_mount_root) {
    struct statx status;
    memset(&status, 0, sizeof status);
    if (syscall(SYS_statx, fd, "", 0x1000 /* AT_EMPTY_PATH */, STATX_BTIME, &status) < 0) return -1;
    *nanoseconds = 0;
    if (status.stx_mask & STATX_BTIME)
        *nanoseconds = (int64_t)((uint64_t)status.stx_btime.tv_sec * 1000000000u + status.stx_btime.tv_nsec);
    *is_mount_root = (status.stx_attributes & status.stx_attributes_mask & 0x2000 /* STATX_ATTR_MOUNT_ROOT */) != 0;
    return 0;
}

// openat2(2): flags for `resolve` below.
#define CLINUX_RESOLVE_BENEATH 0x08u
#define CLINUX_RESOLVE_NO_SYMLINKS 0x04u
#define CLINUX_RESOLVE_NO_MAGICLINKS 0x02u
static inline int clinux_openat2(int dir, const char *path, int flags, unsigned mode, unsigned resolve) {
    struct open_how how = {.flags = (uint64_t)flags, .mode = mode, .resolve = resolve};
    return (int)syscall(SYS_openat2, dir, path, &how, sizeof how);
}

// unix(7), SCM_RIGHTS and cmsg(3). At most 4 descriptors go with one message.
#define CLINUX_MAX_DESCRIPTORS 4
static inline ssize_t clinux_send(int socket, const void *bytes, size_t count, const int *fds, int fd_count) {
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int) * CLINUX_MAX_DESCRIPTORS)]; } control;
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (fd_count > CLINUX_MAX_DESCRIPTORS) { errno = EINVAL; return -1; }
    if (fd_count > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.space;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * (size_t)fd_count);
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int) * (size_t)fd_count);
        memcpy(CMSG_DATA(header), fds, sizeof(int) * (size_t)fd_count);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}
// Writes up to CLINUX_MAX_DESCRIPTORS received descriptors (close-on-exec) to `fds` and their number to `fd_count`.
// A message longer than `capacity` is an error (EMSGSIZE), never a silent cut.
static inline ssize_t clinux_receive(int socket, void *bytes, size_t capacity, int *fds, int *fd_count) {
    struct iovec part = {.iov_base = bytes, .iov_len = capacity};
    union { struct cmsghdr header; char space[CMSG_SPACE(sizeof(int) * CLINUX_MAX_DESCRIPTORS)]; } control;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space, .msg_controllen = sizeof control.space};
    *fd_count = 0;
    ssize_t got = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (got < 0) return got;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        memcpy(fds, CMSG_DATA(header), sizeof(int) * (size_t)count);
        *fd_count = count;
    }
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        for (int i = 0; i < *fd_count; i++) close(fds[i]);
        *fd_count = 0;
        errno = EMSGSIZE;
        return -1;
    }
    return got;
}
// memfd_create(2), close-on-exec: an anonymous file in memory.
static inline int clinux_memory_file(const char *name) { return (int)syscall(SYS_memfd_create, name, 1u); }
// accept4(2) with SOCK_CLOEXEC.
static inline int clinux_accept(int socket) {
    return (int)syscall(SYS_accept4, socket, (void *)0, (void *)0, 02000000 /* SOCK_CLOEXEC */);
}
// prctl(2), PR_SET_PDEATHSIG: SIGKILL when the parent's thread that started us ends.
static inline int clinux_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, 9 /* SIGKILL */, 0, 0, 0); }
// clone(2) with CLONE_PARENT: fork(2), but the child is a child of our parent. For a process with one thread only: the C
// library's handlers of fork(3) do not run.
static inline int clinux_fork_sibling(void) {
    return (int)syscall(SYS_clone, 0x8000L /* CLONE_PARENT */ | 17L /* SIGCHLD */, 0L, 0L, 0L, 0L);
}
// pidfd_open(2), and pidfd_send_signal(2) to the process that it stands for, whoever has its number by then.
static inline int clinux_open_process(int pid) { return (int)syscall(434 /* pidfd_open */, pid, 0u); }
static inline int clinux_signal_process(int process, int signal) {
    return (int)syscall(424 /* pidfd_send_signal */, process, signal, (void *)0, 0u);
}
// waitid(2), P_PIDFD: waits for a child's end; 1 with its exit code, or 2 with its signal.
static inline int clinux_await_process(int process, int *result) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    if (waitid((idtype_t)3 /* P_PIDFD */, (id_t)process, &info, WEXITED) < 0) return -1;
    *result = info.si_status;
    return info.si_code == CLD_EXITED ? 1 : 2;
}
// pipe2(2) with O_CLOEXEC.
static inline int clinux_pipe(int *ends) { return (int)syscall(SYS_pipe2, ends, 02000000 /* O_CLOEXEC */); }
// socket(7), SO_RCVTIMEO.
static inline int clinux_limit_waiting(int socket, int seconds) {
    struct timeval limit = {.tv_sec = seconds, .tv_usec = 0};
    return setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}
// socket(7), SO_TYPE; -1 for what is no socket.
static inline int clinux_socket_type(int fd) {
    int type = 0;
    socklen_t size = sizeof type;
    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) < 0 ? -1 : type;
}
// unix(7), SO_PEERCRED.
static inline int clinux_peer_credentials(int socket, int32_t *pid, uint32_t *uid, uint32_t *gid) {
    struct { int32_t pid; uint32_t uid, gid; } credentials; // struct ucred
    socklen_t size = sizeof credentials;
    if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0) return -1;
    *pid = credentials.pid;
    *uid = credentials.uid;
    *gid = credentials.gid;
    return 0;
}

#endif
