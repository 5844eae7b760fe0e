#define _GNU_SOURCE
#include "evil.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct scene { const char *argument; int original, output; };
static int errno_of(long result) { return result < 0 ? errno : 0; }

// Files.
static int open_secret(struct scene *s) { return errno_of(open("/etc/passwd", O_RDONLY)); }
static int look_at_secret(struct scene *s) { struct stat status; return errno_of(stat("/etc/passwd", &status)); }
static int list_root(struct scene *s) { return errno_of(open("/", O_RDONLY | O_DIRECTORY)); }
static int create_file(struct scene *s) { return errno_of(open(s->argument, O_CREAT | O_EXCL | O_WRONLY, 0600)); }
static int make_directory(struct scene *s) { return errno_of(mkdir(s->argument, 0700)); }
static int make_link(struct scene *s) { return errno_of(symlink("/etc/passwd", s->argument)); }
static int make_device(struct scene *s) { return errno_of(mknod(s->argument, S_IFIFO | 0600, 0)); }
static int remove_file(struct scene *s) {
    long result = unlink(s->argument);
    return result < 0 && errno == ENOENT ? 0 : errno_of(result); // Getting as far as the name is bad enough.
}
static int change_directory(struct scene *s) { return errno_of(chdir("/")); }
static int reopen(int fd, int flags) {
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return errno_of(open(path, flags));
}
static int reopen_original_for_writing(struct scene *s) { return reopen(s->original, O_RDWR); }
static int reopen_output(struct scene *s) { return reopen(s->output, O_RDONLY); }
static int open_own_memory(struct scene *s) { return errno_of(open("/proc/self/mem", O_RDWR)); }
static int open_by_handle(struct scene *s) {
    struct file_handle handle = {.handle_bytes = 0};
    return errno_of(syscall(SYS_open_by_handle_at, s->original, &handle, O_RDONLY));
}
// The descriptors of the conversation.
static int write_original(struct scene *s) { return errno_of(pwrite(s->original, "x", 1, 0)); }
static int truncate_original(struct scene *s) { return errno_of(ftruncate(s->original, 0)); }
static int change_mode_of_original(struct scene *s) { return errno_of(fchmod(s->original, 0600)); }
static int change_times_of_original(struct scene *s) { return errno_of(futimens(s->original, NULL)); }
static int lock_original(struct scene *s) {
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    return errno_of(fcntl(s->original, F_OFD_SETLK, &lock));
}
static int duplicate_original(struct scene *s) { return errno_of(dup(s->original)); }
static int receive_descriptor(struct scene *s) {
    char byte;
    struct iovec part = {&byte, 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    long result = recvmsg(0, &message, MSG_DONTWAIT);
    return result < 0 && errno == EAGAIN ? 0 : errno_of(result);
}
// Others.
static int connect_loopback(struct scene *s) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) return errno;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(s->argument))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return errno_of(connect(fd, (struct sockaddr *)&address, sizeof address));
}
static int send_datagram(struct scene *s) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0) return errno;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(s->argument))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return errno_of(sendto(fd, "x", 1, 0, (struct sockaddr *)&address, sizeof address));
}
static int make_local_socket(struct scene *s) { int ends[2]; return errno_of(socketpair(AF_UNIX, SOCK_STREAM, 0, ends)); }
static int make_pipe(struct scene *s) { int ends[2]; return errno_of(pipe(ends)); }
static int fork_process(struct scene *s) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    if (child > 0) waitpid(child, NULL, 0);
    return errno_of(child);
}
static int clone_process(struct scene *s) {
    long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0) _exit(0);
    if (child > 0) waitpid((pid_t)child, NULL, 0);
    return errno_of(child);
}
static int clone_process_anew(struct scene *s) {
    uint64_t arguments[8] = {0};
    arguments[4] = SIGCHLD;
    long child = syscall(435 /* clone3 */, arguments, sizeof arguments);
    if (child == 0) _exit(0);
    if (child > 0) waitpid((pid_t)child, NULL, 0);
    return errno_of(child);
}
static int execute(struct scene *s) {
    char *words[] = {"true", NULL}, *none[] = {NULL};
    return errno_of(execve("/bin/true", words, none)); // Ends the worker with 0 and no answer where it works.
}
static int trace_parent(struct scene *s) { return errno_of(ptrace(PTRACE_SEIZE, getppid(), NULL, NULL)); }
static int signal_parent(struct scene *s) { return errno_of(kill(getppid(), SIGCONT)); }
static int signal_thread_of_parent(struct scene *s) {
    return errno_of(syscall(SYS_tgkill, getppid(), getppid(), SIGCONT));
}
static int hold_parent(struct scene *s) { return errno_of(syscall(434 /* pidfd_open */, getppid(), 0)); }
static int read_parent(struct scene *s) {
    char byte;
    struct iovec mine = {&byte, 1}, theirs = {(void *)evil_attempt, 1};
    return errno_of(process_vm_readv(getppid(), &mine, 1, &theirs, 1, 0));
}
static int raise_limit_of_parent(struct scene *s) {
    struct rlimit limit = {64, 64};
    return errno_of(prlimit(getppid(), RLIMIT_CORE, &limit, NULL));
}
// Itself.
static int raise_own_limit(struct scene *s) {
    struct rlimit limit = {1024, 1024};
    return errno_of(setrlimit(RLIMIT_NOFILE, &limit));
}
static int become_dumpable(struct scene *s) { return errno_of(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)); }
static int become_another_user(struct scene *s) { return errno_of(setresuid(65534, 65534, 65534)); }
static int map_code(struct scene *s) {
    void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return code == MAP_FAILED ? errno : 0;
}
static int make_memory_code(struct scene *s) {
    void *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return code == MAP_FAILED ? errno : errno_of(mprotect(code, 4096, PROT_READ | PROT_EXEC));
}
static int make_memory_file(struct scene *s) { return errno_of(syscall(SYS_memfd_create, "x", 0)); }
// The rest of the kernel's surface.
static int set_up_ring(struct scene *s) { char parameters[256] = {0}; return errno_of(syscall(425, 8, parameters)); }
static int load_program(struct scene *s) { char attributes[128] = {0}; return errno_of(syscall(SYS_bpf, 5, attributes, 128)); }
static int leave_namespace(struct scene *s) { return errno_of(unshare(CLONE_NEWUTS)); }
static int mount_files(struct scene *s) { return errno_of(mount("none", "/nowhere", "tmpfs", 0, "")); }
static int handle_faults(struct scene *s) { return errno_of(syscall(SYS_userfaultfd, 1 /* USER_MODE_ONLY */)); }
static int watch_files(struct scene *s) { return errno_of(syscall(SYS_inotify_init1, 0)); }
static int add_key_ring(struct scene *s) { return errno_of(syscall(SYS_add_key, "user", "x", "x", 1, -3)); }
static int share_memory(struct scene *s) { return errno_of(syscall(SYS_shmget, 0, 4096, 0600)); }
static int change_personality(struct scene *s) { return errno_of(syscall(SYS_personality, 0x0040000 /* no ASLR */)); }
#ifdef __x86_64__
// getpid(2) by the numbers of 32-bit programs, which mean other calls.
static int call_by_old_numbers(struct scene *s) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
    return result < 0 ? (int)-result : 0;
}
#endif

static const struct { const char *name; int (*attempt)(struct scene *); } attempts[] = {
    {"open-secret", open_secret}, {"look-at-secret", look_at_secret}, {"list-root", list_root},
    {"create-file", create_file}, {"make-directory", make_directory}, {"make-link", make_link},
    {"make-device", make_device}, {"remove-file", remove_file}, {"change-directory", change_directory},
    {"reopen-original-for-writing", reopen_original_for_writing}, {"reopen-output", reopen_output},
    {"open-own-memory", open_own_memory}, {"open-by-handle", open_by_handle}, {"write-original", write_original},
    {"truncate-original", truncate_original}, {"change-mode-of-original", change_mode_of_original},
    {"change-times-of-original", change_times_of_original}, {"lock-original", lock_original},
    {"duplicate-original", duplicate_original}, {"receive-descriptor", receive_descriptor},
    {"connect-loopback", connect_loopback}, {"send-datagram", send_datagram},
    {"make-local-socket", make_local_socket}, {"make-pipe", make_pipe}, {"fork", fork_process},
    {"clone", clone_process}, {"clone3", clone_process_anew}, {"execute", execute}, {"trace-parent", trace_parent},
    {"signal-parent", signal_parent}, {"signal-thread-of-parent", signal_thread_of_parent},
    {"hold-parent", hold_parent}, {"read-parent", read_parent}, {"raise-limit-of-parent", raise_limit_of_parent},
    {"raise-own-limit", raise_own_limit}, {"become-dumpable", become_dumpable},
    {"become-another-user", become_another_user}, {"map-code", map_code}, {"make-memory-code", make_memory_code},
    {"make-memory-file", make_memory_file}, {"set-up-ring", set_up_ring}, {"load-program", load_program},
    {"leave-namespace", leave_namespace}, {"mount", mount_files}, {"handle-faults", handle_faults},
    {"watch-files", watch_files}, {"add-key", add_key_ring}, {"share-memory", share_memory},
    {"change-personality", change_personality},
#ifdef __x86_64__
    {"call-by-old-numbers", call_by_old_numbers},
#endif
};

const char *evil_name(int number) {
    return number >= 0 && (size_t)number < sizeof attempts / sizeof *attempts ? attempts[number].name : NULL;
}

int evil_attempt(const char *name, const char *argument, int original, int output) {
    struct scene scene = {argument, original, output};
    for (int i = 0; evil_name(i); i++)
        if (strcmp(attempts[i].name, name) == 0) return attempts[i].attempt(&scene);
    return -1;
}

struct call { const char *name, *argument; int original, output, result; };
static void *run(void *opaque) {
    struct call *call = opaque;
    call->result = evil_attempt(call->name, call->argument, call->original, call->output);
    return NULL;
}
int evil_attempt_in_thread(const char *name, const char *argument, int original, int output) {
    struct call call = {name, argument, original, output, -1};
    pthread_t thread;
    int failed = pthread_create(&thread, NULL, run, &call);
    if (failed) return failed;
    pthread_join(thread, NULL);
    return call.result;
}

int evil_become_without_landlock(const char *program, char *const words[]) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 444 /* landlock_create_ruleset */, 0, 2),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 446 /* landlock_restrict_self */, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog rules = {sizeof filter / sizeof *filter, filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &rules)) return errno;
    execv(program, words);
    return errno;
}
