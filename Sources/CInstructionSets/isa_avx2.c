#include "isa.h"

#if defined(__x86_64__)
#define NN_ISA avx2
#define NN_ISA_NAME "avx2"
#define NN_VECTOR_BYTES 32
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "bodies/both_types.inc.h"
#pragma clang attribute pop
#endif
