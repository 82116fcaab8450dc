#if defined(__linux__)
#define _GNU_SOURCE
#include <sched.h>
#endif
#include <unistd.h>

#include "CKernels.h"

size_t nn_available_cpus(void) {
#if defined(__linux__)
  cpu_set_t set;
  /* Fails above 1,024 CPUs; then the number of online CPUs is used. */
  if (sched_getaffinity(0, sizeof set, &set) == 0) return (size_t)CPU_COUNT(&set);
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online < 1 ? 1 : (size_t)online;
}
