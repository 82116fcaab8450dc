/* The selection of the table for this process, and the sizes of scratch buffers. */
#include "isa.h"

#include <stdatomic.h>
#include <stdlib.h>

/* From the slowest to the fastest; [0] float, [1] double. */
typedef struct isa_row {
  const nn_kernels *tables[2];
  bool present;
} isa_row;

enum { MOST_ISAS = 3 };

static size_t isa_rows(isa_row rows[MOST_ISAS]) {
  size_t count = 0;
  rows[count++] = (isa_row){{&nn_scalar_f32, &nn_scalar_f64}, true};
#if defined(__x86_64__)
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool avx512 =
      avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  rows[count++] = (isa_row){{&nn_avx2_f32, &nn_avx2_f64}, avx2};
  rows[count++] = (isa_row){{&nn_avx512_f32, &nn_avx512_f64}, avx512};
#elif defined(__aarch64__)
  rows[count++] = (isa_row){{&nn_neon_f32, &nn_neon_f64}, true};
#endif
  return count;
}

static size_t type_index(size_t element_size) { return element_size == sizeof(double) ? 1 : 0; }

const nn_kernels *nn_kernels_named(const char *isa, size_t element_size) {
  isa_row rows[MOST_ISAS];
  const size_t count = isa_rows(rows);
  for (size_t i = 0; i < count; i++) {
    const nn_kernels *table = rows[i].tables[type_index(element_size)];
    if (strcmp(table->isa, isa) == 0) return rows[i].present ? table : NULL;
  }
  return NULL;
}

/* The best table up to the one in NN_MAX_ISA; an unknown name sets no limit. */
static const nn_kernels *best_table(size_t element_size) {
  isa_row rows[MOST_ISAS];
  const size_t count = isa_rows(rows);
  const char *cap = getenv("NN_MAX_ISA");
  const nn_kernels *best = NULL;
  for (size_t i = 0; i < count; i++) {
    const nn_kernels *table = rows[i].tables[type_index(element_size)];
    if (rows[i].present) best = table;
    if (cap != NULL && strcmp(table->isa, cap) == 0) break;
  }
  return best;
}

/* Two threads may select at the same time, with the same result. */
static const nn_kernels *chosen_table(size_t element_size) {
  static _Atomic(const nn_kernels *) chosen[2];
  _Atomic(const nn_kernels *) *entry = &chosen[type_index(element_size)];
  const nn_kernels *table = atomic_load_explicit(entry, memory_order_acquire);
  if (table == NULL) {
    table = best_table(element_size);
    atomic_store_explicit(entry, table, memory_order_release);
  }
  return table;
}

const nn_kernels *nn_kernels_float32(void) { return chosen_table(sizeof(float)); }
const nn_kernels *nn_kernels_float64(void) { return chosen_table(sizeof(double)); }

size_t nn_program_scratch_bytes(const nn_program *program, size_t element_size) {
  size_t blocks = (size_t)program->register_count;
  for (int32_t r = 0; r < program->input_count; r++) {
    if (program->inputs[r].kind == NN_STRIDED) blocks++;
  }
  return nn_aligned((size_t)program->register_count * sizeof(nn_register)) +
         blocks * NN_BLOCK * element_size;
}

size_t nn_reduce_scratch_bytes(const nn_reduce_program *reduce, size_t element_size) {
  const nn_program *program = &reduce->program;
  size_t kept = 1;
  for (int32_t axis = 0; axis < program->rank; axis++) {
    if (!reduce->reduced[axis]) kept *= (size_t)program->extents[axis];
  }
  return nn_program_scratch_bytes(program, element_size) + kept * sizeof(double);
}
