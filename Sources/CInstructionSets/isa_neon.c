#include "isa.h"

#if defined(__aarch64__)
#define NN_ISA neon
#define NN_ISA_NAME "neon"
#define NN_VECTOR_BYTES 16
#include "bodies/both_types.inc.h"
#endif
