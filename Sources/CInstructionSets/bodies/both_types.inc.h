/* Compiles every body for double, then for float: some float functions work in double lanes. */

/* Products and sums are rounded separately unless a body uses fma explicitly, so that all
   instruction sets compute the same bits. */
#pragma clang fp contract(off)

#define NN_REAL_BITS 64
#include "one_type.inc.h"
#undef NN_REAL_BITS

#define NN_REAL_BITS 32
#include "one_type.inc.h"
#undef NN_REAL_BITS
