#ifndef CTESTSUPPORT_H
#define CTESTSUPPORT_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of heap memory that the process has asked for and not given back; 0 where the C library
   does not tell (other than glibc 2.33 and later). */
size_t live_heap_bytes(void);

/* How often the calling thread has asked for heap memory; stays 0 where that is not counted (other than glibc, and under a sanitizer, which brings a heap of its own). */
size_t heap_request_count(void);

/* From now on any system call of the calling thread kills the process, but for waiting, waking and
   ending. False where the system cannot do so; then nothing has changed. */
bool forbid_system_calls(void);

#endif
