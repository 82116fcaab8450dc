/* Vector loops of the framework: written once per family, compiled for several instruction sets
   and two floating-point types, selected once at run time.

   Every loop works on memory that the caller owns, allocates nothing, starts no thread, and is
   deterministic to the bit. Buffers are 64-byte aligned unless stated otherwise; lengths are in
   elements. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "products.h"
#include "sequences.h"

#ifdef __cplusplus
extern "C" {
#endif

/* MARK: - Element-wise functions: dst[i] = f(a[i], b[i], c[i]).
   dst may be the same buffer as an operand, but must not overlap one with an offset. */

typedef enum nn_opcode : uint8_t {
  /* One operand. */
  NN_COPY, NN_NEGATE, NN_ABS,
  NN_SIGN,      /* −1, 0 or 1; 0 for NaN, as in PyTorch */
  NN_SQUARE, NN_SQRT, NN_RECIPROCAL, NN_FLOOR,
  NN_EXP, NN_EXPM1, NN_LOG, NN_LOG1P, NN_TANH, NN_SIGMOID, NN_ERF, NN_SIN, NN_COS,
  NN_RELU,      /* max(a, 0); NaN stays NaN */
  NN_STEP,      /* a >= 0 ? 1 : 0 */
  NN_SOFTPLUS,  /* log(1 + exp(a)), accurate for large |a| */
  NN_IS_FINITE, /* 1 or 0 */
  NN_GELU,      /* a · Φ(a) */
  NN_GELU_TANH, /* a · ½(1 + tanh(√(2/π)·(a + 0.044715·a³))) */
  NN_UNARY_END,
  /* Two operands. */
  NN_ADD = NN_UNARY_END, NN_SUBTRACT, NN_MULTIPLY, NN_DIVIDE,
  NN_MAXIMUM, NN_MINIMUM, /* NaN if either is */
  NN_POWER,               /* pow(a, b) with C's special cases */
  NN_GREATER, NN_GREATER_EQUAL, NN_EQUAL, /* 1 or 0 */
  NN_RELU_GRADIENT,       /* b > 0 ? a : 0, a = incoming gradient, b = relu's input or output */
  NN_GELU_GRADIENT,       /* a · gelu′(b), a = incoming gradient */
  NN_GELU_TANH_GRADIENT,
  NN_BINARY_END,
  /* Three operands. */
  NN_SELECT = NN_BINARY_END, /* a != 0 ? b : c */
  NN_MULTIPLY_ADD,           /* a·b + c, fused (one rounding) in every instruction set */
  NN_OPCODE_COUNT
} nn_opcode;

typedef void (*nn_elementwise)(
    void *dst, const void *a, const void *b, const void *c, size_t count);

/* MARK: - Fused programs: a chain of element-wise functions that runs block by block in L1. */

enum { NN_BLOCK = 1024, NN_MAX_RANK = 8 };

/* registers[target] = opcode(registers[a], registers[b], registers[c]). */
typedef struct nn_instruction {
  nn_opcode opcode;
  uint16_t target, a, b, c;
} nn_instruction;

typedef enum nn_operand_kind : uint8_t {
  NN_CONTIGUOUS, /* one element per element of the output space, in its order */
  NN_UNIFORM,    /* a single element for all */
  NN_STRIDED     /* any broadcast or permuted view of the output space */
} nn_operand_kind;

/* The operand of an input register; strides (in elements, 0 = broadcast) are per axis of the
   program's output space. `address` need only have the alignment of an element. */
typedef struct nn_operand {
  const void *address;
  nn_operand_kind kind;
  ptrdiff_t strides[NN_MAX_RANK];
} nn_operand;

/* Registers 0 ..< input_count are the operands, the others temporaries. Output k is the contiguous
   buffer outputs[k]; register output_registers[k] is written straight into it. An output may share
   memory with a contiguous operand if no instruction after the one that writes it reads that
   operand. */
typedef struct nn_program {
  int32_t rank;                    /* axes of the output space, collapsed where possible */
  int64_t extents[NN_MAX_RANK];
  int32_t input_count, output_count, register_count, instruction_count;
  const nn_operand *inputs;
  void *const *outputs;
  const uint16_t *output_registers;
  const nn_instruction *instructions;
} nn_program;

typedef enum nn_reduction : uint8_t { NN_SUM, NN_MAX, NN_MIN, NN_PRODUCT } nn_reduction;

/* A reduction over some axes of a program's output space, of the value in `register_index`
   (the program has no outputs then). Axes with reduced[axis] are removed; the others form `result`,
   contiguous, in order. */
typedef struct nn_reduce_program {
  nn_program program;
  nn_reduction kind;
  uint16_t register_index;
  bool reduced[NN_MAX_RANK];
} nn_reduce_program;

/* MARK: - Windows: pooling over [height, width] planes. */

typedef struct nn_window {
  int64_t height, width;                     /* input */
  int64_t out_height, out_width;             /* output */
  int64_t kernel_height, kernel_width;
  int64_t stride_y, stride_x;
  int64_t pad_top, pad_left;                 /* padding is zero (−∞ for max pooling) */
  int64_t pad_bottom, pad_right;
  int64_t dilation_y, dilation_x;
} nn_window;


/* MARK: - Padded inputs: images with their padding, so that a convolution needs no bounds checks. A
   stride of 2 splits a plane into four, of its even and odd rows and columns: within each,
   successive output positions read contiguous elements. */

typedef struct nn_padded_image {
  int64_t channels, height, width; /* of the image */
  int64_t rows, pitch;             /* of each padded plane: its rows follow one another */
  int64_t first_row;               /* rows of the padded input before those written */
  int64_t stride_y, stride_x;
  int64_t phases_y, phases_x;      /* a channel has phases_y · phases_x planes, at most as many as
                                      the strides have; row r of plane (i, j) is the image's row
                                      r · stride_y + i − pad_top */
  int64_t pad_top, pad_left;
  int64_t slack;                   /* zeros after the last plane */
} nn_padded_image;

/* Elements first + (y, x) · stride of images, from planes whose rows are `pitch` apart. */
typedef struct nn_grid {
  int64_t channels, height, width; /* of the image */
  int64_t rows, columns;           /* of the grid */
  int64_t plane, pitch;            /* between channels and between rows of the source */
  int64_t first_y, first_x, stride_y, stride_x;
} nn_grid;

/* A part of an image [channels, height, width] as [rows, columns, pitch], with zeros outside the
   image and after the last channel. It contains all columns of the image. */
typedef struct nn_channels_last {
  int64_t channels, height, width; /* of the image */
  int64_t rows, columns;           /* of the padded input */
  int64_t pitch;                   /* between positions: at least the channels */
  int64_t first_y, first_x;        /* the first position in image coordinates; may be negative */
} nn_channels_last;

/* MARK: - Winograd's F(4×4, 3×3): output tiles [4, 4] = Aᵀ((G weight Gᵀ) ⊙ (Bᵀ input B)) A of input
   tiles [6, 6] and weights [3, 3]. */

typedef enum nn_winograd : uint8_t {
  NN_WINOGRAD_INPUT,         /* Bᵀ · B: 6 × 6 to 6 × 6 */
  NN_WINOGRAD_WEIGHT,          /* G · Gᵀ: 3 × 3 to 6 × 6 */
  NN_WINOGRAD_RESULT,          /* Aᵀ · A: 6 × 6 to 4 × 4 */
  NN_WINOGRAD_COTANGENT,       /* A · Aᵀ: 4 × 4 to 6 × 6, the adjoint of RESULT */
  NN_WINOGRAD_WEIGHT_GRADIENT, /* Gᵀ · G: 6 × 6 to 3 × 3, the adjoint of WEIGHT */
} nn_winograd;

/* Strides between tiles, and between the rows and the columns of each, in elements. */
typedef struct nn_tile_strides {
  ptrdiff_t tile, row, column;
} nn_tile_strides;

/* The arguments of a layer norm over rows of `length`. Pointers marked * may be NULL. */
typedef struct nn_layer_norm {
  const void *input;
  const void *weight, *bias; /* *: [length] */
  size_t length;
  double epsilon;
} nn_layer_norm;

/* The additional inputs of its gradient, and the results. */
typedef struct nn_layer_norm_gradient {
  const void *cotangent, *mean, *scale;
  void *input;
  void *weight, *bias; /* *: [length] */
} nn_layer_norm_gradient;

/* Element types as numbered in `convert`. */
typedef enum nn_dtype : uint8_t {
  NN_FLOAT32, NN_FLOAT64, NN_INT32, NN_INT64, NN_UINT8
} nn_dtype;

/* MARK: - The table: one per instruction set and floating-point type. */

typedef struct nn_kernels {
  const char *isa;          /* "scalar", "avx2", "avx512", "neon" */
  size_t element_size;      /* 4 or 8 */
  nn_elementwise elementwise[NN_OPCODE_COUNT];

#define NN_BODY(name) "no_body.h"
#define NN_KERNEL(result, name, arguments) result(*name) arguments;
#include "../kernel_list.h"
#undef NN_KERNEL
#undef NN_BODY
} nn_kernels;

/* The tables of this process: the best that the CPU supports, limited by the environment variable
   NN_MAX_ISA (scalar, avx2, avx512, neon, native). Selected on the first call; thread-safe. */
const nn_kernels *nn_kernels_float32(void);
const nn_kernels *nn_kernels_float64(void);

/* The table with a name, for tests; NULL if this CPU or this build lacks it. */
const nn_kernels *nn_kernels_named(const char *isa, size_t element_size);

size_t nn_program_scratch_bytes(const nn_program *program, size_t element_size);
size_t nn_reduce_scratch_bytes(const nn_reduce_program *program, size_t element_size);

/* MARK: - Worker pool (pool.c). */

typedef void (*nn_chunk_body)(void *context, size_t chunk, size_t worker);

/* The number of threads that share a job, the caller included; ≥ 1. Takes effect with the next
   job. */
void nn_pool_set_threads(size_t threads);
size_t nn_pool_threads(void);

/* Runs body for chunks 0 ..< count, each once, on up to `limit` of the pool's threads; worker is
   below both that and nn_pool_threads(), and no two chunks of a job that run at the same time share
   it. Returns when all are done. While another job holds the pool (a second caller, or a body that
   calls this again), the caller runs its chunks itself, as worker 0. */
void nn_pool_run(size_t count, size_t limit, nn_chunk_body body, void *context);

/* Sets the largest number of threads for jobs of the calling thread; returns the previous one. */
size_t nn_pool_limit_caller(size_t limit);

/* CPUs that the scheduler may run this process on; ≥ 1. */
size_t nn_available_cpus(void);

/* Sets flush-to-zero and denormals-are-zero for the calling thread; returns the previous state for
   nn_denormals_restore. All chunks of nn_pool_run run with both set, including the caller's. */
uint32_t nn_denormals_flush(void);
void nn_denormals_restore(uint32_t previous);

#ifdef __cplusplus
}
#endif
