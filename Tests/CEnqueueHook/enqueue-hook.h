/* The runtime's hook for the global executor (swift/stdlib/public/Concurrency/GlobalExecutor.cpp), by its symbol: dlsym
   does not find it where the runtime is linked statically. */
#pragma once

extern void *_Nullable swift_task_enqueueGlobal_hook;

static inline void *_Nullable *_Nonnull enqueue_hook_place(void) { return &swift_task_enqueueGlobal_hook; }
