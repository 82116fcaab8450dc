#ifndef CTESTSUPPORT_H
#define CTESTSUPPORT_H

#include <stddef.h>

/* Bytes of heap memory that the process has asked for and not given back; 0 where the C library
   does not tell (other than glibc 2.33 and later). */
size_t live_heap_bytes(void);

#endif
