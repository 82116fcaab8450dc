/* The table of this instance. */

const nn_kernels TABLE_NAME = {
    .isa = NN_ISA_NAME,
    .element_size = sizeof(real),
    .elementwise = {
#define ENTRY(opcode, name) [opcode] = FN(name##_loop),
#include "opcodes.inc.h"
#undef ENTRY
    },
    .program_run = FN(program_run),
    .reduce_run = FN(reduce_run),
    .row_sum = FN(row_sum),
    .row_max = FN(row_max),
    .row_min = FN(row_min),
    .row_dot = FN(row_dot),
    .moments = FN(moments),
    .argmax = FN(argmax),
    .softmax = FN(softmax),
    .log_softmax = FN(log_softmax),
    .copy_strided = FN(copy_strided),
    .product = FN(product),
    .product_shifted = FN(product_shifted),
    .product_transposed = FN(product_transposed),
    .frame = FN(frame),
    .unframe = FN(unframe),
    .max_pool = FN(max_pool),
    .max_pool_gather = FN(max_pool_gather),
    .max_pool_backward = FN(max_pool_backward),
    .avg_pool = FN(avg_pool),
    .avg_pool_backward = FN(avg_pool_backward),
    .adaptive_avg_pool = FN(adaptive_avg_pool),
    .adaptive_avg_pool_backward = FN(adaptive_avg_pool_backward),
    .take_along = FN(take_along),
    .put_along = FN(put_along),
    .random_uniform = FN(random_uniform),
    .random_precise = FN(random_precise),
    .convert = FN(convert),
};
