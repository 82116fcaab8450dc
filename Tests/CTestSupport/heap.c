#include "CTestSupport.h"

/* Defines the macro that identifies the C library. */
#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

size_t live_heap_bytes(void) {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || (__GLIBC__ == 2 && __GLIBC_MINOR__ >= 33))
  /* Small blocks of all arenas, and the large ones that are mapped one by one. */
  struct mallinfo2 heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
#else
  return 0;
#endif
}
