#include "CProcess.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

void nn_restart_with(const char *name, const char *value) {
#if defined(__linux__)
  /* execv keeps the process id, by which a process that was restarted already is recognised. */
  char own[24];
  snprintf(own, sizeof own, "%ld", (long)getpid());
  const char *done = getenv("NN_RESTARTED");
  if (words == NULL || (done != NULL && strcmp(done, own) == 0)) return;
  /* AT_BASE is 0 when the program was started as an argument of the dynamic loader. */
  const char *path = (const char *)getauxval(AT_EXECFN);
  if (path == NULL || getauxval(AT_BASE) == 0) return;
  if (setenv("NN_RESTARTED", own, 1) != 0 || setenv(name, value, 1) != 0) return;
  execv(path, words);
#else
  (void)name;
  (void)value;
#endif
}
