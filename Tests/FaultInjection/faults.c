// See include/faults.h.
#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

enum action { NOTE, KILL_BEFORE, KILL_AFTER, SHORT, STALL, FAIL };

struct rule {
    char call[16];
    enum action action;
    int error;
    long skip, count;
    int after;
    char pattern[1024];
    atomic_long matches;
    atomic_int fired;
};

enum { MOST_RULES = 16 };
static struct rule rules[MOST_RULES];
static int rule_count;
static char trace[PATH_MAX];
static char scope[PATH_MAX];

// Raw calls: the wrappers below must not see what this library does itself.
static void trace_line(const char *line, size_t length) {
    // Opened for each line: a worker closes every descriptor that it was not given.
    int fd = trace[0] ? (int)syscall(SYS_openat, AT_FDCWD, trace, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644) : -1;
    if (fd < 0) return;
    (void)syscall(SYS_write, fd, line, length);
    (void)syscall(SYS_close, fd);
}

static void refuse(const char *why) {
    dprintf(2, "faults: %s\n", why);
    _exit(70);
}

__attribute__((constructor)) static void load_plan(void) {
    const char *below = getenv("FAULT_SCOPE"), *out = getenv("FAULT_TRACE"), *plan = getenv("FAULT_PLAN");
    if (below) snprintf(scope, sizeof scope, "%s/", below);
    if (out) snprintf(trace, sizeof trace, "%s", out);
    FILE *file = plan ? fopen(plan, "re") : NULL;
    if (plan && !file) refuse("the plan cannot be read");
    char line[2048], action[32];
    while (file && fgets(line, sizeof line, file)) {
        if (line[0] == '\n') continue;
        if (rule_count == MOST_RULES) refuse("too many rules");
        struct rule *rule = &rules[rule_count];
        if (sscanf(line, "%15[^\t]\t%31[^\t]\t%ld\t%ld\t%d\t%1023[^\n]", rule->call, action, &rule->skip, &rule->count,
                   &rule->after, rule->pattern) != 6)
            refuse("a rule has not six fields");
        if (!strcmp(action, "note")) rule->action = NOTE;
        else if (!strcmp(action, "kill-before")) rule->action = KILL_BEFORE;
        else if (!strcmp(action, "kill-after")) rule->action = KILL_AFTER;
        else if (!strcmp(action, "short")) rule->action = SHORT;
        else if (!strcmp(action, "stall")) rule->action = STALL;
        else if ((rule->error = atoi(action)) > 0) rule->action = FAIL;
        else refuse("a rule's action is none");
        rule_count++;
    }
    if (file) fclose(file);
}

static void end_process(void) {
    (void)syscall(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

static void trace_hit(int index, const char *path) {
    char line[PATH_MAX + 32];
    int length = snprintf(line, sizeof line, "HIT\t%d\t%s\n", index, path[0] ? path : "-");
    trace_line(line, (size_t)length);
}

static int is_armed(const struct rule *rule) { return rule->after < 0 || atomic_load(&rules[rule->after].fired); }

// Counts a call that matches; whether the rule hits it.
static int hits(struct rule *rule, const char *path) {
    long before = atomic_fetch_add(&rule->matches, 1);
    if (before < rule->skip || (rule->count > 0 && before >= rule->skip + rule->count)) return 0;
    trace_hit((int)(rule - rules), path);
    atomic_store(&rule->fired, 1);
    return rule->action != NOTE;
}

// Whether anybody asks for paths at all: a sealed worker that looked one up would be killed.
static int needs_paths(void) {
    int needs = scope[0] != 0;
    for (int i = 0; i < rule_count; i++) needs |= strcmp(rules[i].call, "commit") && strcmp(rules[i].pattern, "*");
    return needs;
}

// What is to be done at a call on a file; NULL for nothing.
static const struct rule *decide(const char *call, const char *path) {
    if (path[0] != '/' && needs_paths()) return NULL;
    if (scope[0] && trace[0] && !strncmp(path, scope, strlen(scope))) {
        char line[PATH_MAX + 32];
        trace_line(line, (size_t)snprintf(line, sizeof line, "%s\t%s\n", call, path));
    }
    const struct rule *found = NULL;
    for (int i = 0; i < rule_count && !found; i++) {
        struct rule *rule = &rules[i];
        if (!strcmp(rule->call, "commit") || (strcmp(rule->call, "*") && strcmp(rule->call, call))) continue;
        if (is_armed(rule) && !fnmatch(rule->pattern, path, 0) && hits(rule, path)) found = rule;
    }
    if (found && found->action == KILL_BEFORE) end_process();
    while (found && found->action == STALL) pause();
    return found;
}

static const char *path_of(int fd, char *buffer) {
    char link[64];
    buffer[0] = 0;
    if (!needs_paths()) return buffer;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, buffer, PATH_MAX - 1);
    buffer[length > 0 ? length : 0] = 0;
    return buffer;
}

static const char *path_at(int dir, const char *name, char *buffer) {
    buffer[0] = 0;
    if (!needs_paths() || !name) return buffer;
    if (name[0] == '/') {
        snprintf(buffer, PATH_MAX, "%s", name);
    } else if (dir == AT_FDCWD) {
        if (!getcwd(buffer, PATH_MAX)) buffer[0] = 0;
    } else {
        path_of(dir, buffer);
    }
    if (name[0] != '/' && strcmp(name, ".")) {
        size_t length = strlen(buffer);
        snprintf(buffer + length, PATH_MAX - length, "/%s", name);
    }
    return buffer;
}

static void *find(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) refuse(name);
    return function;
}

// The function that the wrapper of this name stands before.
#define NEXT(name)                                                                                                     \
    ({                                                                                                                 \
        static _Atomic(void *) next;                                                                                   \
        void *known = atomic_load(&next);                                                                              \
        if (!known) atomic_store(&next, known = find(#name));                                                          \
        (typeof(&name))known;                                                                                          \
    })

// Runs a call as the plan wants it. `path` is an expression that fills `buffer`.
#define GUARDED(type, call, path, real)                                                                                \
    int saved = errno;                                                                                                 \
    char buffer[PATH_MAX];                                                                                             \
    const struct rule *rule = decide(call, path);                                                                      \
    errno = saved;                                                                                                     \
    if (rule && rule->action == FAIL) {                                                                                \
        errno = rule->error;                                                                                           \
        return -1;                                                                                                     \
    }                                                                                                                  \
    type result = real;                                                                                                \
    if (rule && rule->action == KILL_AFTER) end_process();                                                             \
    return result;

#define WRITTEN(count) ((rule && rule->action == SHORT && (count) > 1) ? (count) / 2 : (count))

int fsync(int fd) { GUARDED(int, "sync", path_of(fd, buffer), NEXT(fsync)(fd)) }
int fdatasync(int fd) { GUARDED(int, "sync", path_of(fd, buffer), NEXT(fdatasync)(fd)) }
int ftruncate(int fd, off_t n) { GUARDED(int, "truncate", path_of(fd, buffer), NEXT(ftruncate)(fd, n)) }
int ftruncate64(int fd, off64_t n) { GUARDED(int, "truncate", path_of(fd, buffer), NEXT(ftruncate64)(fd, n)) }
int fchmod(int fd, mode_t mode) { GUARDED(int, "chmod", path_of(fd, buffer), NEXT(fchmod)(fd, mode)) }
int fstat(int fd, struct stat *s) { GUARDED(int, "stat", path_of(fd, buffer), NEXT(fstat)(fd, s)) }

int fstatat(int dir, const char *name, struct stat *s, int flags) {
    GUARDED(int, "stat", path_at(dir, name, buffer), NEXT(fstatat)(dir, name, s, flags))
}

ssize_t read(int fd, void *p, size_t n) { GUARDED(ssize_t, "read", path_of(fd, buffer), NEXT(read)(fd, p, n)) }
ssize_t pread(int fd, void *p, size_t n, off_t at) {
    GUARDED(ssize_t, "read", path_of(fd, buffer), NEXT(pread)(fd, p, n, at))
}
ssize_t pread64(int fd, void *p, size_t n, off64_t at) {
    GUARDED(ssize_t, "read", path_of(fd, buffer), NEXT(pread64)(fd, p, n, at))
}
ssize_t write(int fd, const void *p, size_t n) {
    GUARDED(ssize_t, "write", path_of(fd, buffer), NEXT(write)(fd, p, WRITTEN(n)))
}
ssize_t pwrite(int fd, const void *p, size_t n, off_t at) {
    GUARDED(ssize_t, "write", path_of(fd, buffer), NEXT(pwrite)(fd, p, WRITTEN(n), at))
}
ssize_t pwrite64(int fd, const void *p, size_t n, off64_t at) {
    GUARDED(ssize_t, "write", path_of(fd, buffer), NEXT(pwrite64)(fd, p, WRITTEN(n), at))
}

static mode_t mode_of(int flags, va_list list) {
    return flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)) ? va_arg(list, mode_t) : 0;
}

#define OPENING(name, dir, ...)                                                                                        \
    va_list list;                                                                                                      \
    va_start(list, flags);                                                                                             \
    mode_t mode = mode_of(flags, list);                                                                                \
    va_end(list);                                                                                                      \
    GUARDED(int, flags & O_CREAT ? "create" : "open", path_at(dir, path, buffer), NEXT(name)(__VA_ARGS__, flags, mode))

int open(const char *path, int flags, ...) { OPENING(open, AT_FDCWD, path) }
int open64(const char *path, int flags, ...) { OPENING(open64, AT_FDCWD, path) }
int openat(int dir, const char *path, int flags, ...) { OPENING(openat, dir, dir, path) }
int openat64(int dir, const char *path, int flags, ...) { OPENING(openat64, dir, dir, path) }

int renameat(int from, const char *old, int to, const char *new) {
    GUARDED(int, "rename", path_at(to, new, buffer), NEXT(renameat)(from, old, to, new))
}
int rename(const char *old, const char *new) {
    GUARDED(int, "rename", path_at(AT_FDCWD, new, buffer), NEXT(rename)(old, new))
}
int unlinkat(int dir, const char *name, int flags) {
    GUARDED(int, "unlink", path_at(dir, name, buffer), NEXT(unlinkat)(dir, name, flags))
}
int unlink(const char *name) { GUARDED(int, "unlink", path_at(AT_FDCWD, name, buffer), NEXT(unlink)(name)) }
int mkdirat(int dir, const char *name, mode_t mode) {
    GUARDED(int, "mkdir", path_at(dir, name, buffer), NEXT(mkdirat)(dir, name, mode))
}

static long forward(long number, long a, long b, long c, long d, long e, long f) {
    return NEXT(syscall)(number, a, b, c, d, e, f);
}

long syscall(long number, ...) {
    va_list list;
    va_start(list, number);
    long a = va_arg(list, long), b = va_arg(list, long), c = va_arg(list, long);
    long d = va_arg(list, long), e = va_arg(list, long), f = va_arg(list, long);
    va_end(list);
    if (number == SYS_renameat2) {
        GUARDED(long, "rename", path_at((int)c, (const char *)d, buffer), forward(number, a, b, c, d, e, f))
    }
    if (number == SYS_openat2) {
        GUARDED(long, "open", path_at((int)a, (const char *)b, buffer), forward(number, a, b, c, d, e, f))
    }
    return forward(number, a, b, c, d, e, f);
}

// sqlite.org/c3ref/step.html. GRDB runs one transaction on one thread from BEGIN to COMMIT.
struct sqlite3_stmt;
int sqlite3_step(struct sqlite3_stmt *statement);

int sqlite3_step(struct sqlite3_stmt *statement) {
    static _Thread_local unsigned touched;
    static _Atomic(void *) sql_of;
    if (!atomic_load(&sql_of)) atomic_store(&sql_of, find("sqlite3_sql"));
    const char *sql = ((const char *(*)(struct sqlite3_stmt *))atomic_load(&sql_of))(statement);
    int kill_after = 0;
    if (sql && !strncmp(sql, "BEGIN", 5)) touched = 0;
    for (int i = 0; sql && i < rule_count; i++) {
        struct rule *rule = &rules[i];
        if (strcmp(rule->call, "commit")) continue;
        if (!fnmatch(rule->pattern, sql, 0)) touched |= 1u << i;
        if (strncmp(sql, "COMMIT", 6) || !(touched & 1u << i) || !is_armed(rule)) continue;
        if (!hits(rule, rule->pattern)) continue;
        if (rule->action == KILL_BEFORE) end_process();
        while (rule->action == STALL) pause();
        kill_after |= rule->action == KILL_AFTER;
    }
    int result = NEXT(sqlite3_step)(statement);
    if (kill_after) end_process();
    return result;
}
