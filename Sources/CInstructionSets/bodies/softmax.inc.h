/* Softmax and log-softmax along the middle axis of [outer, count, inner]. */

/* exp(x − maximum). −∞, in masks and unused lanes, bypasses exp: its underflow is slow if denormals
   are not flushed. Rows with only −∞ still result in 0 / 0. */
NN_INLINE vector FN(exp_below)(vector x, vector maximum) {
  const integers masked = x == (vector)(-(real)INFINITY);
  const vector term = FN(exp)(masked ? (vector)((real)0) : x - maximum);
  return masked ? (vector)((real)0) : term;
}

/* Up to 16 elements; the lanes past them must be −∞. */
NN_INLINE lanes FN(exp_lanes)(lanes x, real maximum) {
#pragma clang loop unroll(full)
  for (int p = 0; p < FN(lane_parts); p++) {
    x.part[p] = FN(exp_below)(x.part[p], (vector)(maximum));
  }
  return x;
}

/* Σ exp(x − maximum) over one row; the terms are kept in dst unless it is NULL. */
NN_INLINE double FN(exp_row)(real *dst, const real *row, size_t count, real maximum) {
  double total = 0;
  for (size_t block = 0; block < count; block += NN_BLOCK) {
    const size_t end = count - block < NN_BLOCK ? count : block + NN_BLOCK;
    lanes sums = FN(lanes_filled)(0);
    for (size_t i = block; i < end; i += 16) {
      const size_t length = end - i < 16 ? end - i : 16;
      const lanes terms =
          FN(exp_lanes)(FN(load_lanes)(row + i, length, -(real)INFINITY), maximum);
      sums = FN(combine_lanes)(NN_SUM, sums, terms);
      if (dst != NULL) FN(store_lanes)(dst + i, terms, length);
    }
    total += FN(fold_lanes)(NN_SUM, sums);
  }
  return total;
}

/* Rows of up to 16 elements stay in registers. */
NN_INLINE void FN(softmax_short_row)(real *dst, const real *row, size_t count, bool logarithm) {
  const lanes x = FN(load_lanes)(row, count, -(real)INFINITY);
  const real maximum = (real)FN(fold_lanes)(NN_MAX, x);
  const lanes terms = FN(exp_lanes)(x, maximum);
  const double total = FN(fold_lanes)(NN_SUM, terms);
  const real last = (real)(logarithm ? log(total) : 1 / total);
  lanes result;
  for (int p = 0; p < FN(lane_parts); p++) {
    result.part[p] = logarithm ? x.part[p] - maximum - last : terms.part[p] * last;
  }
  FN(store_lanes)(dst, result, count);
}

static void FN(softmax_row)(real *dst, const real *row, size_t count, bool logarithm) {
  const real maximum = (real)FN(row_max)(row, count);
  const double total = FN(exp_row)(logarithm ? NULL : dst, row, count, maximum);
  const real last = (real)(logarithm ? log(total) : 1 / total);
  for (size_t i = 0; i < count; i += WIDTH) {
    const size_t length = count - i < WIDTH ? count - i : WIDTH;
    const real *source = (logarithm ? row : dst) + i;
    const vector x = FN(load_upto)(source, length, 0);
    const vector result = logarithm ? x - maximum - last : x * last;
    FN(store_upto)(dst + i, result, length);
  }
}

/* Columns first ..< first + length of one [count, inner] panel, length ≤ WIDTH. */
NN_INLINE void FN(softmax_columns)(
    real *dst, const real *src, size_t count, size_t inner, size_t length, bool logarithm) {
#define COLUMN(source, c) FN(load_upto)((source) + (c) * inner, length, 0)
#define KEEP(c, value) FN(store_upto)(dst + (c) * inner, value, length)
  vector maximum = (vector)(-(real)INFINITY);
  for (size_t c = 0; c < count; c++) maximum = FN(maximum)(COLUMN(src, c), maximum);
  vector total = (vector)((real)0);
  for (size_t block = 0; block < count; block += 32) {
    const size_t end = count - block < 32 ? count : block + 32;
    vector sum = (vector)((real)0);
    for (size_t c = block; c < end; c++) {
      const vector e = FN(exp_below)(COLUMN(src, c), maximum);
      sum += e;
      if (!logarithm) KEEP(c, e);
    }
    total += sum;
  }
  const vector last = logarithm ? FN(log)(total) : 1 / total;
  for (size_t c = 0; c < count; c++) {
    if (logarithm) {
      KEEP(c, COLUMN(src, c) - maximum - last);
    } else {
      KEEP(c, COLUMN(dst, c) * last);
    }
  }
#undef COLUMN
#undef KEEP
}

NN_INLINE void FN(softmax_any)(
    real *dst, const real *src, size_t outer, size_t count, size_t inner, bool logarithm) {
  for (size_t o = 0; o < outer; o++, dst += count * inner, src += count * inner) {
    if (inner == 1) {
      if (count <= 16) {
        FN(softmax_short_row)(dst, src, count, logarithm);
      } else {
        FN(softmax_row)(dst, src, count, logarithm);
      }
      continue;
    }
    for (size_t i = 0; i < inner; i += WIDTH) {
      const size_t length = inner - i < WIDTH ? inner - i : WIDTH;
      FN(softmax_columns)(dst + i, src + i, count, inner, length, logarithm);
    }
  }
}

static void FN(softmax)(void *dst, const void *src, size_t outer, size_t count, size_t inner) {
  FN(softmax_any)(dst, src, outer, count, inner, false);
}

static void FN(log_softmax)(
    void *dst, const void *src, size_t outer, size_t count, size_t inner) {
  FN(softmax_any)(dst, src, outer, count, inner, true);
}
