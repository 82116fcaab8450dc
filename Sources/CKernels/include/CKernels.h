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


/* MARK: - Padded inputs ("frames"): images with their padding, so that a convolution needs no
   bounds checks. A stride of 2 splits a plane into four, of its even and odd rows and columns:
   within each, successive output positions read contiguous elements. */

typedef struct nn_frame {
  int64_t channels, height, width; /* of the image */
  int64_t rows, pitch;             /* of each padded plane: its rows follow one another */
  int64_t first_row;               /* rows of the padded input before those written */
  int64_t stride_y, stride_x;
  int64_t phases_y, phases_x;      /* a channel has phases_y · phases_x planes, at most as many as
                                      the strides have; row r of plane (i, j) is the image's row
                                      r · stride_y + i − pad_top */
  int64_t pad_top, pad_left;
  int64_t slack;                   /* zeros after the last plane */
} nn_frame;

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
  NN_WINOGRAD_PICTURE,         /* Bᵀ · B: 6 × 6 to 6 × 6 */
  NN_WINOGRAD_WEIGHT,          /* G · Gᵀ: 3 × 3 to 6 × 6 */
  NN_WINOGRAD_RESULT,          /* Aᵀ · A: 6 × 6 to 4 × 4 */
  NN_WINOGRAD_COTANGENT,       /* A · Aᵀ: 4 × 4 to 6 × 6, the adjoint of RESULT */
  NN_WINOGRAD_WEIGHT_GRADIENT, /* Gᵀ · G: 6 × 6 to 3 × 3, the adjoint of WEIGHT */
} nn_winograd;

/* Strides between tiles, and between the rows and the columns of each, in elements. */
typedef struct nn_squares {
  ptrdiff_t square, row, column;
} nn_squares;

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

/* MARK: - The table: one per instruction set and floating-point type. */

typedef struct nn_kernels {
  const char *isa;          /* "scalar", "avx2", "avx512", "neon" */
  size_t element_size;      /* 4 or 8 */
  nn_elementwise elementwise[NN_OPCODE_COUNT];

  /* Runs elements begin ..< end of the program's output space (flat row-major index), and the
     corresponding ranges at multiples of `stride`, `count` ranges in all.
     scratch: nn_program_scratch_bytes(program, element_size) bytes, 64-byte aligned. */
  void (*program_run)(const nn_program *program, size_t begin, size_t end, size_t count,
                      size_t stride, void *scratch);

  /* Reduces the part begin ..< end of the outermost axis. If that axis is kept, `result` receives
     the kept elements of this part (result[0] is the first of them), whose bits do not depend on
     how the space is divided into parts. If it is reduced, `result` receives one partial value for
     every kept element; a caller with several parts combines them by another reduction over
     [parts, kept]. Sums are blocked in a fixed order (a row's blocks in 64 lanes of the working
     type, added pairwise; blocks and rows are added in double). Max and min propagate NaN. An empty
     part results in 0, 1, −∞ or ∞. scratch: nn_reduce_scratch_bytes, 64-byte aligned. */
  void (*reduce_run)(const nn_reduce_program *program, size_t begin, size_t end, void *result,
                     void *scratch);

  /* Reductions of one contiguous row to one number. Max and min propagate NaN. */
  double (*row_sum)(const void *row, size_t count);
  double (*row_max)(const void *row, size_t count);
  double (*row_min)(const void *row, size_t count);
  /* Σ a[i]·b[i], blocked like row_sum. */
  double (*row_dot)(const void *a, const void *b, size_t count);

  /* Means and variances (divided by N) over the outer and inner axes of [outer, kept, inner], for
     the kept elements begin ..< end. NaN over no elements, and for a variance that overflows. */
  void (*moments)(void *mean, void *variance, const void *src, size_t outer, size_t kept,
                  size_t inner, size_t begin, size_t end);

  /* Rows begin ..< end of a layer norm, with the mean of each and 1/√(variance + ε). */
  void (*layer_norm)(const nn_layer_norm *norm, void *output, void *mean, void *scale,
                     size_t begin, size_t end);
  /* The gradients of the same rows; those of weight and bias are sums over these rows alone. */
  void (*layer_norm_gradient)(const nn_layer_norm *norm, const nn_layer_norm_gradient *gradient,
                              size_t begin, size_t end);

  /* Index of the largest element along the middle axis of [outer, count, inner]; on ties, the
     first; NaN counts as largest. */
  void (*argmax)(int32_t *dst, const void *src, size_t outer, size_t count, size_t inner);

  /* Softmax and its logarithm along the middle axis of [outer, count, inner]; the maximum is
     subtracted first. A row with only −∞ results in NaN, as in PyTorch. */
  void (*softmax)(void *dst, const void *src, size_t outer, size_t count, size_t inner);
  void (*log_softmax)(void *dst, const void *src, size_t outer, size_t count, size_t inner);

  /* dst (contiguous) = the view of src with these extents and strides (in elements); fast for
     transposed matrices. Runs flat output elements begin ..< end. */
  void (*copy_strided)(void *dst, const void *src, int32_t rank, const int64_t *extents,
                       const ptrdiff_t *strides, size_t begin, size_t end);

  /* C[i, j] = Σ_k A[i, k] · B[k, j] (+ C[i, j]) for i < rows. Rows of C are c_stride apart. */
  void (*product)(void *c, size_t c_stride, const nn_left_matrix *left,
                  const nn_right_matrix *right, size_t rows, size_t columns, size_t terms,
                  bool accumulate);
  /* C[i, j] = Σ_k A[i, k] · right[offsets[k] + position(j)] (+ C[i, j]) for i < rows: row k of the
     right side begins at offsets[k] and may overlap others. Rows of C are c_stride apart. */
  void (*product_overlapping)(void *c, size_t c_stride, const nn_left_matrix *left,
                              const void *right, const int32_t *offsets, size_t rows,
                              const nn_columns *columns, size_t terms, bool accumulate);
  /* C[m, i, j] = Σ_k A[m, i, k] · B[m, k, j] (+ C[m, i, j]) for m < count; columns is a multiple of
     16. Columns of C and of B are contiguous. */
  void (*products)(const nn_matrices *c, const nn_matrices *left, const nn_matrices *right,
                   size_t count, size_t rows, size_t columns, size_t terms, bool accumulate);
  /* C[i, j] = Σ_k left[i, k] · right[j, k]. */
  void (*product_transposed)(void *c, size_t c_stride, const void *left, size_t left_stride,
                             const void *right, size_t right_stride, size_t rows, size_t columns,
                             size_t terms);
  /* C[i, j] = Σ_k left[offsets[i] + position(k)] · right[k, j] (+ C[i, j]) over the positions of
     all segments. Up to 15 elements past each row of the right side are read. */
  void (*product_shifted)(void *c, size_t c_stride, const void *left, const int32_t *offsets,
                          const void *right, size_t right_stride, size_t rows, size_t columns,
                          const nn_segments *segments, bool accumulate);

  /* Attention of the queries begin ..< end. The output is zero for a query that attends to no key,
     or only to keys masked with −∞. log_sums[i] = ln Σ exp of query i's masked scores, unless it is
     NULL. scratch: attention_scratch_bytes for all keys, 64-byte aligned. */
  void (*attention)(const nn_attention *head, void *output, size_t output_stride, void *log_sums,
                    size_t begin, size_t end, void *scratch);
  /* Its gradients with respect to query, key and value. */
  void (*attention_gradient)(const nn_attention *head, const nn_attention_gradient *gradient,
                             void *scratch);
  size_t (*attention_scratch_bytes)(size_t keys, size_t depth, size_t value_depth, bool gradient);
  /* Packs the right side of a GEMM into panels of NN_PANEL columns, the last one zero-padded. */
  void (*pack_columns)(void *panels, const void *src, const nn_packing *packing);
  /* Steps of a recurrent network. A part of the units runs one step at a time, after which all
     parts must have finished, and has no inputs. scratch: rows · (G + 1) · units of the part, and
     with inputs rows · (inputs + 1 + outputs) more. */
  void (*recurrent)(const nn_recurrent *net, const nn_recurrent_part *part, void *scratch);
  /* The backward pass; it has one more step, which computes the gradient of the first state.
     scratch: rows · units, and with inputs rows · (2 · (G · hidden + 16) + inputs + 1 + outputs)
     + 16 more. */
  void (*recurrent_backward)(const nn_recurrent *net, const nn_recurrent_part *part,
                             void *scratch);

  /* Writes the padded planes of [channels, height, width] images, then `slack` zeros. */
  void (*frame)(void *planes, const void *pictures, const nn_frame *frame);
  /* Writes the elements of a grid into [channels, height, width] images; others are unchanged. */
  void (*unframe)(void *pictures, const void *planes, const nn_grid *grid);

  /* The same with channels last. */
  void (*frame_channels_last)(void *frame, const void *pictures, const nn_channels_last *shape);
  void (*unframe_channels_last)(void *pictures, const void *frame, const nn_channels_last *shape);
  /* Transforms `count` tiles with `depth` contiguous channels, a multiple of 16. */
  void (*winograd)(nn_winograd transform, void *dst, const nn_squares *dst_squares, const void *src,
                   const nn_squares *src_squares, size_t count, size_t depth);

  /* Pooling of planes begin ..< end (a plane is one channel of one image). max: argmax receives the
     flat index within the plane (int32), on ties the first, unless it is NULL; NaN is propagated,
     with the index of the last one, as in PyTorch. Average pooling has no dilation; the part of a
     last window outside the padding is not counted. Backward passes write the whole input plane. */
  void (*max_pool)(void *dst, int32_t *argmax, const void *src, size_t begin, size_t end,
                   const nn_window *window);
  void (*max_pool_gather)(void *dst, const int32_t *argmax, const void *src, size_t begin,
                          size_t end, const nn_window *window);
  void (*max_pool_backward)(void *dsrc, const int32_t *argmax, const void *ddst, size_t begin,
                            size_t end, const nn_window *window);
  void (*avg_pool)(void *dst, const void *src, size_t begin, size_t end, const nn_window *window,
                   bool count_include_pad);
  void (*avg_pool_backward)(void *dsrc, const void *ddst, size_t begin, size_t end,
                            const nn_window *window, bool count_include_pad);
  /* Adaptive: output cell i covers floor(i·in/out) ..< ceil((i+1)·in/out). */
  void (*adaptive_avg_pool)(void *dst, const void *src, size_t begin, size_t end,
                            const nn_window *window);
  void (*adaptive_avg_pool_backward)(void *dsrc, const void *ddst, size_t begin, size_t end,
                                     const nn_window *window);

  /* Gather along an axis: dst[o, i] = src[o, index[o, i], i] over [outer, count, inner], 0 where
     the index is outside 0 ..< count; and its adjoint, scatter, which zeroes dst [outer, count, inner]
     first. */
  void (*take_along)(void *dst, const void *src, const int32_t *index, size_t outer, size_t count,
                     size_t inner);
  void (*put_along)(void *dst, const void *src, const int32_t *index, size_t outer, size_t count,
                    size_t inner);

  /* Gather of rows (embedding lookup): dst[k] = row index[k] of src [rows, length], zeros where the
     index is outside 0 ..< rows. */
  void (*take_rows)(void *dst, const void *src, const int32_t *index, size_t count, size_t rows,
                    size_t length);
  /* Its adjoint, scatter-add, for the columns begin ..< end: zeroes those of dst [rows, pitch],
     then adds row k of src [count, pitch] to row index[k], in the order of k. */
  void (*add_rows)(void *dst, const void *src, const int32_t *index, size_t count, size_t rows,
                   size_t pitch, size_t begin, size_t end);

  /* Uniform numbers in [0, 1), multiples of 2^-24: elements begin ..< end of the Philox4x32-10
     sequence (element e is word e & 3 of block e >> 2; key = seed, counter = block index (64 bits),
     stream, step), written to dst[0 ..< end − begin]. */
  void (*random_uniform)(void *dst, uint64_t seed, uint32_t stream, uint32_t step, uint64_t begin,
                         uint64_t end);
  /* The same from the upper 53 bits of one block per element; rounded in float32, so 1 may
     occur. */
  void (*random_precise)(void *dst, uint64_t seed, uint32_t stream, uint32_t step, uint64_t begin,
                         uint64_t end);

  /* From another element type: int32, int64, uint8/bool, float, double (nn_dtype order below). */
  void (*convert)(void *dst, const void *src, uint8_t source_type, size_t count);
} nn_kernels;

/* Element types as numbered in `convert`. */
typedef enum nn_dtype : uint8_t {
  NN_FLOAT32, NN_FLOAT64, NN_INT32, NN_INT64, NN_UINT8
} nn_dtype;

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

/* CPUs that the scheduler may run this process on; ≥ 1. */
size_t nn_available_cpus(void);

/* Sets flush-to-zero and denormals-are-zero for the calling thread; returns the previous state for
   nn_denormals_restore. All chunks of nn_pool_run run with both set, including the caller's. */
uint32_t nn_denormals_flush(void);
void nn_denormals_restore(uint32_t previous);

#ifdef __cplusplus
}
#endif
