/* Shared by the files for the instruction sets: system headers, included before any target
   attribute is pushed, and the tables that dispatch.c selects from. */
#pragma once

#include "CKernels.h"

#include <math.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define NN_INLINE static inline __attribute__((always_inline, unused))

/* Rounds up to 64 bytes, the alignment of every slot of a scratch buffer. */
NN_INLINE size_t nn_aligned(size_t bytes) { return (bytes + 63) & ~(size_t)63; }

/* The next slot of `bytes` bytes of a scratch buffer, whose first `taken` bytes are in use. NULL for
   a buffer of NULL, of which only the size is wanted: no offset may be added to NULL. */
NN_INLINE void *nn_take_slot(void *scratch, size_t *taken, size_t bytes) {
  const size_t offset = *taken;
  *taken += nn_aligned(bytes);
  return scratch == NULL ? NULL : (char *)scratch + offset;
}

NN_INLINE int64_t nn_least(int64_t a, int64_t b) { return a < b ? a : b; }
NN_INLINE int64_t nn_greatest(int64_t a, int64_t b) { return a > b ? a : b; }

/* The outputs begin ..< end along one axis whose input at a kernel offset is inside the image. */
typedef struct nn_span {
  int64_t begin, end;
} nn_span;

/* out·stride + offset in 0 ..< length, for out in 0 ..< count. */
NN_INLINE nn_span nn_inside(int64_t offset, int64_t stride, int64_t length, int64_t count) {
  const int64_t begin = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  const int64_t end = length > offset ? (length - offset + stride - 1) / stride : 0;
  const int64_t first = nn_least(begin, count);
  return (nn_span){first, nn_greatest(first, nn_least(end, count))};
}

/* How `product` reads a vector of columns: as a whole; only its elements; as two halves of
   adjacent rows. */
typedef enum nn_reading { NN_WHOLE, NN_PARTLY, NN_HALVES } nn_reading;

/* The memory of a program's register: its slot in the scratch buffer, and the address that the
   current block uses. A periodic strided operand holds one block plus one period. */
typedef struct nn_register {
  void *slot;
  void *address;
  void *output;  /* start of the output buffer that it is written straight into, or NULL */
  size_t period; /* 0: does not repeat within a block */
  size_t run;    /* contiguous elements that read the same source element; 0: too few to matter */
  const void *filled;  /* the source element that the slot's first `filled_count` hold, or NULL */
  size_t filled_count;
} nn_register;

extern const nn_kernels nn_scalar_f32, nn_scalar_f64;
#if defined(__x86_64__)
extern const nn_kernels nn_avx2_f32, nn_avx2_f64, nn_avx512_f32, nn_avx512_f64;
#elif defined(__aarch64__)
extern const nn_kernels nn_neon_f32, nn_neon_f64;
#endif
