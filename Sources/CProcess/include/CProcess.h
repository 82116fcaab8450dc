/* What the system passes to a program when it starts, and starting it again. */
#pragma once

#include <stdbool.h>

/* The number of words of the command line, the program's own name included; 0 where the system
   passes none to constructors (musl). */
int nn_argument_count(void);

/* The words themselves, which live as long as the process. */
char *const *nn_arguments(void);

/* Whether this process may map only so much memory (ulimit -v, -d). */
bool nn_memory_is_limited(void);

/* Starts the program again with the same arguments and an environment in which a variable has a
   value; once in the life of a process. Returns only where that fails, where it has been done
   already, and on systems other than Linux. */
void nn_restart_with(const char *name, const char *value);
