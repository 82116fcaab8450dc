#include "CProcess.h"

#include <stddef.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__linux__)
#include <sys/auxv.h>
#endif

static int count;
static char **words;

/* glibc and dyld call constructors with main's arguments. The standard library of Swift reads them
   from /proc instead, which a sandbox may lack. */
__attribute__((constructor)) static void keep_arguments(int argc, char **argv) {
  count = argc;
  words = argv;
}

int nn_argument_count(void) { return words == NULL ? 0 : count; }

char *const *nn_arguments(void) { return words; }

bool nn_memory_is_limited(void) {
  struct rlimit space, data;
  return (getrlimit(RLIMIT_AS, &space) == 0 && space.rlim_cur != RLIM_INFINITY) ||
         (getrlimit(RLIMIT_DATA, &data) == 0 && data.rlim_cur != RLIM_INFINITY);
}

void nn_restart(void) {
#if defined(__linux__)
  const char *path = (const char *)getauxval(AT_EXECFN);
  if (path != NULL && words != NULL) execv(path, words);
#endif
}
