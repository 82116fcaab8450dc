#ifndef CTESTSUPPORT_H
#define CTESTSUPPORT_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of heap memory that the process has allocated and not freed; 0 where the C library does not
   report it (other than glibc 2.33 and later). */
size_t live_heap_bytes(void);

/* The number of heap allocations of the calling thread; 0 where they are not counted (other than
   glibc, and under a sanitizer, which has its own heap). */
size_t heap_request_count(void);

/* From now on any system call of the calling thread kills the process, except for futex and exit.
   Returns false where the system cannot do so; then nothing has changed. */
bool forbid_system_calls(void);

#endif
