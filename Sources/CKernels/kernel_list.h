/* The table of kernels: one row per kernel, after the body that defines it. It is included several
   times, with two macros:

   NN_BODY(name)                       the file with the body of the next rows, or no_body.h
   NN_KERNEL(result, name, arguments)  a row; the body defines FN(name) with these arguments

   CKernels.h makes the pointers of the table from it, one_type.inc.h includes the bodies for a type
   and an instruction set, and table.inc.h enters them. So a new kernel is a body and a row here. A
   body may use the functions of those before it. The file is outside of include/, since the headers
   there form a module and may not be included inside a struct. */

#include NN_BODY(rows)
/* Reductions of one contiguous row to one number. Max and min propagate NaN. */
NN_KERNEL(double, row_sum, (const void *row, size_t count))
NN_KERNEL(double, row_max, (const void *row, size_t count))
NN_KERNEL(double, row_min, (const void *row, size_t count))
/* Σ a[i]·b[i], blocked like row_sum. */
NN_KERNEL(double, row_dot, (const void *a, const void *b, size_t count))

#include NN_BODY(softmax)
/* Softmax and its logarithm along the middle axis of [outer, count, inner]; the maximum is
   subtracted first. A row with only −∞ results in NaN, as in PyTorch. */
NN_KERNEL(void, softmax, (void *dst, const void *src, size_t outer, size_t count, size_t inner))
NN_KERNEL(void, log_softmax, (void *dst, const void *src, size_t outer, size_t count, size_t inner))

#include NN_BODY(copy)
/* dst (contiguous) = the view of src with these extents and strides (in elements); fast for
   transposed matrices. Runs flat output elements begin ..< end. */
NN_KERNEL(void, copy_strided,
          (void *dst, const void *src, int32_t rank, const int64_t *extents,
           const ptrdiff_t *strides, size_t begin, size_t end))

#include NN_BODY(program)
/* Runs elements begin ..< end of the program's output space (flat row-major index), and the
   corresponding ranges at multiples of `stride`, `count` ranges in all.
   scratch: nn_program_scratch_bytes(program, element_size) bytes, 64-byte aligned. */
NN_KERNEL(void, program_run,
          (const nn_program *program, size_t begin, size_t end, size_t count, size_t stride,
           void *scratch))

#include NN_BODY(reduce)
/* Reduces the part begin ..< end of the outermost axis. If that axis is kept, `result` receives
   the kept elements of this part (result[0] is the first of them), whose bits do not depend on
   how the space is divided into parts. If it is reduced, `result` receives one partial value for
   every kept element; a caller with several parts combines them by another reduction over
   [parts, kept]. Sums are blocked in a fixed order (a row's blocks in 64 lanes of the working
   type, added pairwise; blocks and rows are added in double). Max and min propagate NaN. An empty
   part results in 0, 1, −∞ or ∞. scratch: nn_reduce_scratch_bytes, 64-byte aligned. */
NN_KERNEL(void, reduce_run,
          (const nn_reduce_program *program, size_t begin, size_t end, void *result, void *scratch))

#include NN_BODY(argmax)
/* Index of the largest element along the middle axis of [outer, count, inner]; on ties, the
   first; NaN counts as largest. */
NN_KERNEL(void, argmax, (int32_t *dst, const void *src, size_t outer, size_t count, size_t inner))

#include NN_BODY(product)
/* C[i, j] = Σ_k A[i, k] · B[k, j] (+ C[i, j]) for i < rows. Rows of C are c_stride apart. */
NN_KERNEL(void, product,
          (void *c, size_t c_stride, const nn_left_matrix *left, const nn_right_matrix *right,
           size_t rows, size_t columns, size_t terms, bool accumulate))
/* C[i, j] = Σ_k A[i, k] · right[offsets[k] + position(j)] (+ C[i, j]) for i < rows: row k of the
   right side begins at offsets[k] and may overlap others. Rows of C are c_stride apart. */
NN_KERNEL(void, product_overlapping,
          (void *c, size_t c_stride, const nn_left_matrix *left, const void *right,
           const int32_t *offsets, size_t rows, const nn_columns *columns, size_t terms,
           bool accumulate))
/* C[m, i, j] = Σ_k A[m, i, k] · B[m, k, j] (+ C[m, i, j]) for m < count; columns is a multiple of
   16. Columns of C and of B are contiguous. */
NN_KERNEL(void, products,
          (const nn_matrices *c, const nn_matrices *left, const nn_matrices *right, size_t count,
           size_t rows, size_t columns, size_t terms, bool accumulate))
/* C[i, j] = Σ_k left[i, k] · right[j, k]. */
NN_KERNEL(void, product_transposed,
          (void *c, size_t c_stride, const void *left, size_t left_stride, const void *right,
           size_t right_stride, size_t rows, size_t columns, size_t terms))

#include NN_BODY(product_shifted)
/* C[i, j] = Σ_k left[offsets[i] + position(k)] · right[k, j] (+ C[i, j]) over the positions of
   all segments. Up to 15 elements past each row of the right side are read. */
NN_KERNEL(void, product_shifted,
          (void *c, size_t c_stride, const void *left, const int32_t *offsets, const void *right,
           size_t right_stride, size_t rows, size_t columns, const nn_segments *segments,
           bool accumulate))

#include NN_BODY(attention)
/* Attention of the queries begin ..< end. The output is zero for a query that attends to no key,
   or only to keys masked with −∞. log_sums[i] = ln Σ exp of query i's masked scores, unless it is
   NULL. scratch: attention_scratch_bytes for all keys, 64-byte aligned. */
NN_KERNEL(void, attention,
          (const nn_attention *head, void *output, size_t output_stride, void *log_sums,
           size_t begin, size_t end, void *scratch))
/* Its gradients with respect to query, key and value. */
NN_KERNEL(void, attention_gradient,
          (const nn_attention *head, const nn_attention_gradient *gradient, void *scratch))
NN_KERNEL(size_t, attention_scratch_bytes,
          (size_t keys, size_t depth, size_t value_depth, bool gradient))

#include NN_BODY(recurrent_product)
/* Packs the right side of a GEMM into panels of NN_PANEL columns, the last one zero-padded. */
NN_KERNEL(void, pack_columns, (void *panels, const void *src, const nn_packing *packing))

#include NN_BODY(recurrent)
/* Steps of a recurrent network. A part of the units runs one step at a time, after which all
   parts must have finished, and has no inputs. scratch: rows · (G + 1) · units of the part, and
   with inputs rows · (inputs + 1 + outputs) more. */
NN_KERNEL(void, recurrent, (const nn_recurrent *net, const nn_recurrent_part *part, void *scratch))

#include NN_BODY(recurrent_backward)
/* The backward pass; it has one more step, which computes the gradient of the first state.
   scratch: rows · units, and with inputs rows · (2 · (G · hidden + 16) + inputs + 1 + outputs)
   + 16 more. */
NN_KERNEL(void, recurrent_backward,
          (const nn_recurrent *net, const nn_recurrent_part *part, void *scratch))

#include NN_BODY(moments)
/* Means and variances (divided by N) over the outer and inner axes of [outer, kept, inner], for
   the kept elements begin ..< end. NaN over no elements, and for a variance that overflows. */
NN_KERNEL(void, moments,
          (void *mean, void *variance, const void *src, size_t outer, size_t kept, size_t inner,
           size_t begin, size_t end))

#include NN_BODY(layer_norm)
/* Rows begin ..< end of a layer norm, with the mean of each and 1/√(variance + ε). */
NN_KERNEL(void, layer_norm,
          (const nn_layer_norm *norm, void *output, void *mean, void *scale, size_t begin,
           size_t end))
/* The gradients of the same rows; those of weight and bias are sums over these rows alone. */
NN_KERNEL(void, layer_norm_gradient,
          (const nn_layer_norm *norm, const nn_layer_norm_gradient *gradient, size_t begin,
           size_t end))

#include NN_BODY(padded_image)
/* Writes the padded planes of [channels, height, width] images, then `slack` zeros. */
NN_KERNEL(void, pad_image, (void *planes, const void *images, const nn_padded_image *shape))
/* Writes the elements of a grid into [channels, height, width] images; others are unchanged. */
NN_KERNEL(void, unpad_image, (void *images, const void *planes, const nn_grid *grid))

#include NN_BODY(channels_last)
/* The same with channels last. */
NN_KERNEL(void, pad_channels_last,
          (void *padded, const void *images, const nn_channels_last *shape))
NN_KERNEL(void, unpad_channels_last,
          (void *images, const void *padded, const nn_channels_last *shape))

#include NN_BODY(winograd)
/* Transforms `count` tiles with `depth` contiguous channels, a multiple of 16. */
NN_KERNEL(void, winograd,
          (nn_winograd transform, void *dst, const nn_tile_strides *dst_strides, const void *src,
           const nn_tile_strides *src_strides, size_t count, size_t depth))

#include NN_BODY(max_pool)
/* Pooling of planes begin ..< end (a plane is one channel of one image). max: argmax receives the
   flat index within the plane (int32), on ties the first, unless it is NULL; NaN is propagated,
   with the index of the last one, as in PyTorch. Average pooling has no dilation; the part of a
   last window outside the padding is not counted. Backward passes write the whole input plane. */
NN_KERNEL(void, max_pool,
          (void *dst, int32_t *argmax, const void *src, size_t begin, size_t end,
           const nn_window *window))
NN_KERNEL(void, max_pool_gather,
          (void *dst, const int32_t *argmax, const void *src, size_t begin, size_t end,
           const nn_window *window))
NN_KERNEL(void, max_pool_backward,
          (void *dsrc, const int32_t *argmax, const void *ddst, size_t begin, size_t end,
           const nn_window *window))

#include NN_BODY(average_pool)
/* As described at max_pool. */
NN_KERNEL(void, avg_pool,
          (void *dst, const void *src, size_t begin, size_t end, const nn_window *window,
           bool count_include_pad))
NN_KERNEL(void, avg_pool_backward,
          (void *dsrc, const void *ddst, size_t begin, size_t end, const nn_window *window,
           bool count_include_pad))

#include NN_BODY(adaptive_pool)
/* Adaptive: output cell i covers floor(i·in/out) ..< ceil((i+1)·in/out). */
NN_KERNEL(void, adaptive_avg_pool,
          (void *dst, const void *src, size_t begin, size_t end, const nn_window *window))
NN_KERNEL(void, adaptive_avg_pool_backward,
          (void *dsrc, const void *ddst, size_t begin, size_t end, const nn_window *window))

#include NN_BODY(along)
/* Gather along an axis: dst[o, i] = src[o, index[o, i], i] over [outer, count, inner], 0 where
   the index is outside 0 ..< count; and its adjoint, scatter, which first zeroes dst [outer, count,
   inner]. */
NN_KERNEL(void, gather_along,
          (void *dst, const void *src, const int32_t *index, size_t outer, size_t count,
           size_t inner))
NN_KERNEL(void, scatter_along,
          (void *dst, const void *src, const int32_t *index, size_t outer, size_t count,
           size_t inner))

#include NN_BODY(gather)
/* Gather of rows (embedding lookup): dst[k] = row index[k] of src [rows, length], zeros where the
   index is outside 0 ..< rows. */
NN_KERNEL(void, gather_rows,
          (void *dst, const void *src, const int32_t *index, size_t count, size_t rows,
           size_t length))
/* Its adjoint, scatter-add, for the columns begin ..< end: zeroes those of dst [rows, pitch],
   then adds row k of src [count, pitch] to row index[k], in the order of k. */
NN_KERNEL(void, scatter_add_rows,
          (void *dst, const void *src, const int32_t *index, size_t count, size_t rows,
           size_t pitch, size_t begin, size_t end))

#include NN_BODY(random)
/* Uniform numbers in [0, 1), multiples of 2^-24: elements begin ..< end of the Philox4x32-10
   sequence (element e is word e & 3 of block e >> 2; key = seed, counter = block index (64 bits),
   stream, step), written to dst[0 ..< end − begin]. */
NN_KERNEL(void, random_uniform,
          (void *dst, uint64_t seed, uint32_t stream, uint32_t step, uint64_t begin, uint64_t end))
/* The same from the upper 53 bits of one block per element; rounded in float32, so 1 may
   occur. */
NN_KERNEL(void, random_precise,
          (void *dst, uint64_t seed, uint32_t stream, uint32_t step, uint64_t begin, uint64_t end))

#include NN_BODY(convert)
/* From another element type: int32, int64, uint8/bool, float, double (numbered by nn_dtype). */
NN_KERNEL(void, convert, (void *dst, const void *src, uint8_t source_type, size_t count))
