/* Softmax and log-softmax along the middle axis of [outer, count, inner]. */

/* Σ exp(x − maximum) over one row; the terms are kept in dst unless it is NULL. */
NN_INLINE double FN(exp_row)(real *dst, const real *row, size_t count, real maximum) {
  double total = 0;
  for (size_t block = 0; block < count; block += NN_BLOCK) {
    const size_t end = count - block < NN_BLOCK ? count : block + NN_BLOCK;
    lanes sums = FN(lanes_filled)(0);
    for (size_t i = block; i < end; i += 16) {
      const size_t length = end - i < 16 ? end - i : 16;
      const lanes x = FN(load_lanes)(row + i, length, -(real)INFINITY);
      for (int p = 0; p < FN(lane_parts); p++) {
        const size_t first = (size_t)p * WIDTH;
        if (first >= length) break;
        const vector e = FN(exp)(x.part[p] - maximum);
        sums.part[p] += e;
        if (dst == NULL) continue;
        if (length - first >= WIDTH) {
          FN(store)(dst + i + first, e);
        } else {
          FN(store_part)(dst + i + first, e, length - first);
        }
      }
    }
    total += FN(fold_lanes)(NN_SUM, sums);
  }
  return total;
}

static void FN(softmax_row)(real *dst, const real *row, size_t count) {
  const real maximum = (real)FN(row_max)(row, count);
  const real scale = (real)(1 / FN(exp_row)(dst, row, count, maximum));
  size_t i = 0;
  for (; i + WIDTH <= count; i += WIDTH) FN(store)(dst + i, FN(load)(dst + i) * scale);
  for (; i < count; i++) dst[i] *= scale;
}

static void FN(log_softmax_row)(real *dst, const real *row, size_t count) {
  const real maximum = (real)FN(row_max)(row, count);
  const real log_sum = (real)log(FN(exp_row)(NULL, row, count, maximum));
  size_t i = 0;
  for (; i + WIDTH <= count; i += WIDTH) {
    FN(store)(dst + i, FN(load)(row + i) - maximum - log_sum);
  }
  for (; i < count; i++) dst[i] = row[i] - maximum - log_sum;
}

/* Columns first ..< first + length of one [count, inner] panel, length ≤ WIDTH. */
NN_INLINE void FN(softmax_columns)(
    real *dst, const real *src, size_t count, size_t inner, size_t length, bool logarithm) {
#define COLUMN(source, c)                                             \
  (length == WIDTH ? FN(load)((source) + (c) * inner)                 \
                   : FN(load_part)((source) + (c) * inner, length, 0))
#define KEEP(c, value)                                                       \
  {                                                                          \
    if (length == WIDTH) {                                                   \
      FN(store)(dst + (c) * inner, value);                                   \
    } else {                                                                 \
      FN(store_part)(dst + (c) * inner, value, length);                      \
    }                                                                        \
  }
  vector maximum = (vector)(-(real)INFINITY);
  for (size_t c = 0; c < count; c++) maximum = FN(maximum)(COLUMN(src, c), maximum);
  vector total = (vector)((real)0);
  for (size_t block = 0; block < count; block += 32) {
    const size_t end = count - block < 32 ? count : block + 32;
    vector sum = (vector)((real)0);
    for (size_t c = block; c < end; c++) {
      const vector e = FN(exp)(COLUMN(src, c) - maximum);
      sum += e;
      if (!logarithm) KEEP(c, e)
    }
    total += sum;
  }
  const vector last = logarithm ? FN(log)(total) : 1 / total;
  for (size_t c = 0; c < count; c++) {
    if (logarithm) {
      KEEP(c, COLUMN(src, c) - maximum - last)
    } else {
      KEEP(c, COLUMN(dst, c) * last)
    }
  }
#undef COLUMN
#undef KEEP
}

NN_INLINE void FN(softmax_any)(
    real *dst, const real *src, size_t outer, size_t count, size_t inner, bool logarithm) {
  for (size_t o = 0; o < outer; o++, dst += count * inner, src += count * inner) {
    if (inner == 1) {
      (logarithm ? FN(log_softmax_row) : FN(softmax_row))(dst, src, count);
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
