/* A program's arguments, as the system passes them, and restarting the program. */
#pragma once

#include <stdbool.h>

/* The number of words of the command line, the program's own name included; 0 where the system
   passes none to constructors (musl). */
int nn_argument_count(void);

/* The words of the command line, valid as long as the process runs. */
char *const *nn_arguments(void);

/* Whether a limit on this process's memory is set (ulimit -v, -d). */
bool nn_memory_is_limited(void);

/* Restarts the program with the same arguments and an environment variable set; once in the life of
   a process. Returns only when that fails, when it has been done already, and on systems other than
   Linux. */
void nn_restart_with(const char *name, const char *value);
