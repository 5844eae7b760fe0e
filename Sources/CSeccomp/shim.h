// What Swift's importer cannot see of libseccomp: function-like macros, as static inline functions. No logic.
#ifndef UNDERSTUDY_CSECCOMP_SHIM_H
#define UNDERSTUDY_CSECCOMP_SHIM_H

#include <seccomp.h>

static inline uint32_t cseccomp_allow(void) { return SCMP_ACT_ALLOW; }
static inline uint32_t cseccomp_kill(void) { return SCMP_ACT_KILL_PROCESS; }
static inline uint32_t cseccomp_refuse(int errno_value) { return SCMP_ACT_ERRNO((uint32_t)errno_value); }

#endif
