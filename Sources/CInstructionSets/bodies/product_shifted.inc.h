/* The matrix product whose left side has the overlapping rows: the weight gradient of a
   convolution, which multiplies the shifted views of an image with the cotangent. The sum runs over
   single elements, so rows of any length waste no lanes. */

enum { FN(shifted_places) = 256 }; /* positions whose right rows stay in the first-level cache */

/* One tile: rows × vectors sums over the segments. The right side's rows are consecutive. A tile of
   one vector processes two positions at a time with separate sums, to hide the latency of
   additions. */
NN_INLINE void FN(shifted_tile)(
    const int rows, const int vectors, real *c, size_t c_stride, const real *left,
    const int32_t *offsets, const real *right, size_t right_stride, const nn_segments *segments,
    size_t first, size_t last, size_t columns, bool accumulate) {
  vector sum[8][3];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < 3; v++) sum[r][v] = (vector)(0);
  }
  const size_t length = segments->length;
  const real *b = right + first * length * right_stride;
  for (size_t s = first; s < last; s++) {
    const real *start = left + s / segments->rows * segments->stride +
                        s % segments->rows * segments->pitch;
    const real *a[8];
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) a[r] = start + offsets[r];
    size_t p = 0;
    for (; vectors == 1 && p + 2 <= length; p += 2, b += 2 * right_stride) {
      const vector even = FN(load)(b), odd = FN(load)(b + right_stride);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) {
        sum[r][0] = FN(fma)((vector)(a[r][p]), even, sum[r][0]);
        sum[r][1] = FN(fma)((vector)(a[r][p + 1]), odd, sum[r][1]);
      }
    }
    for (; p < length; p++, b += right_stride) {
      vector row[3];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) row[v] = FN(load)(b + v * WIDTH);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) {
        const vector element = (vector)(a[r][p]);
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sum[r][v] = FN(fma)(element, row[v], sum[r][v]);
      }
    }
  }
  if (vectors == 1) {
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) sum[r][0] += sum[r][1];
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    const size_t count = columns - (size_t)v * WIDTH;
    real *target = c + v * WIDTH;
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++, target += c_stride) {
      if (accumulate) sum[r][v] += FN(load_upto)(target, count, 0);
      FN(store_upto)(target, sum[r][v], count);
    }
  }
}

#define SHIFTED_ARGUMENTS \
  c, c_stride, left, offsets, right, right_stride, segments, first, last, columns, accumulate

NN_INLINE void FN(shifted_column)(
    const int vectors, real *c, size_t c_stride, const real *left, const int32_t *offsets,
    const real *right, size_t right_stride, const nn_segments *segments, size_t first, size_t last,
    size_t rows, size_t columns, bool accumulate) {
  for (; rows >= FN(tile_rows); rows -= FN(tile_rows)) {
    FN(shifted_tile)(FN(tile_rows), vectors, SHIFTED_ARGUMENTS);
    offsets += FN(tile_rows);
    c += FN(tile_rows) * c_stride;
  }
#define SHIFTED_REST(part)                               \
  if (part < FN(tile_rows) && (rows & part) != 0) {      \
    FN(shifted_tile)(part, vectors, SHIFTED_ARGUMENTS);  \
    offsets += part;                                     \
    c += part * c_stride;                                \
  }
  SHIFTED_REST(4) SHIFTED_REST(2) SHIFTED_REST(1)
#undef SHIFTED_REST
}
#undef SHIFTED_ARGUMENTS

static void FN(product_shifted)(
    void *result, size_t c_stride, const void *left, const int32_t *offsets, const void *right,
    size_t right_stride, size_t rows, size_t columns, const nn_segments *segments,
    bool accumulate) {
  const size_t total = segments->count * segments->rows;
  const size_t wanted = segments->length == 0 ? total : FN(shifted_places) / segments->length;
  const size_t step = wanted > 0 ? wanted : 1;
  for (size_t first = 0; first == 0 || first < total; first += step) {
    const size_t last = total - first < step ? total : first + step;
    for (size_t j = 0; j < columns;) {
      const size_t vectors = (columns - j + WIDTH - 1) / WIDTH;
#define SHIFTED_COLUMN(vectors)                                                             \
  FN(shifted_column)(                                                                       \
      vectors, (real *)result + j, c_stride, left, offsets, (const real *)right + j,        \
      right_stride, segments, first, last, rows, columns - j, accumulate || first > 0)
      /* Four vectors are computed as two pairs: a single one would wait for loads. */
      if (FN(tile_vectors) > 2 && vectors >= 3 && vectors != 4) {
        SHIFTED_COLUMN(FN(tile_vectors));
        j += FN(tile_vectors) * WIDTH;
      } else if (vectors >= 2) {
        SHIFTED_COLUMN(2);
        j += 2 * WIDTH;
      } else {
        SHIFTED_COLUMN(1);
        j += WIDTH;
      }
#undef SHIFTED_COLUMN
    }
  }
}
