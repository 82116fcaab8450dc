/* The reference path: vectors of one element, portable code for any processor. */
#include "isa.h"

#define NN_ISA scalar
#define NN_ISA_NAME "scalar"
#define NN_VECTOR_BYTES 0
#include "bodies/both_types.inc.h"
