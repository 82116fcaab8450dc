/* The table of this instance. */

const nn_kernels TABLE_NAME = {
    .isa = NN_ISA_NAME,
    .element_size = sizeof(real),
    .elementwise = {
#define ENTRY(opcode, name) [opcode] = FN(name##_loop),
#include "opcodes.inc.h"
#undef ENTRY
    },
#define NN_BODY(name) "no_body.h"
#define NN_KERNEL(result, name, arguments) .name = FN(name),
#include "kernel_list.h"
#undef NN_KERNEL
#undef NN_BODY
};
