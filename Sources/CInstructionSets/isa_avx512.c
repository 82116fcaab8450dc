#include "isa.h"

#if defined(__x86_64__)
#define NN_ISA avx512
#define NN_ISA_NAME "avx512"
#define NN_VECTOR_BYTES 64
#pragma clang attribute push( \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#include "bodies/both_types.inc.h"
#pragma clang attribute pop
#endif
