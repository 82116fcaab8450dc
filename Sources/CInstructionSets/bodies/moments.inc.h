/* Mean and variance in two passes over memory that stays in the second-level cache: the sum of
   squares alone would cancel for large means. */

/* Sums of large numbers and their squares in double, for those that overflow float. */
static __attribute__((noinline)) double FN(wide_sum)(const real *row, size_t count) {
  double total = 0;
  for (size_t i = 0; i < count; i++) total += (double)row[i];
  return total;
}
static __attribute__((noinline)) double FN(wide_distance)(
    const real *row, real centre, size_t count) {
  double total = 0;
  for (size_t i = 0; i < count; i++) {
    const double distance = (double)row[i] - (double)centre;
    total += distance * distance;
  }
  return total;
}

/* Σ row[i]; blocks in vectors, their sums in double. */
NN_INLINE double FN(row_total)(const real *row, size_t count) {
  const double total = FN(fold_row)(NN_SUM, row, NULL, count);
  return total - total == 0 ? total : FN(wide_sum)(row, count);
}

/* A variance that overflows becomes NaN rather than ∞: dividing by ∞ would silently result in
   zeros. */
NN_INLINE real FN(variance_of)(double number) {
  const real variance = (real)number;
  return variance < (real)INFINITY ? variance : (real)NAN;
}

/* Σ (row[i] − centre)²; blocks in vectors, their sums in double. */
NN_INLINE double FN(squared_distance)(const real *row, real centre, size_t count) {
  const vector middle = (vector)(centre);
  double total = 0;
  for (size_t begin = 0; begin < count; begin += NN_BLOCK) {
    const size_t end = count - begin < NN_BLOCK ? count : begin + NN_BLOCK;
    vector sums[4] = {(vector)(0), (vector)(0), (vector)(0), (vector)(0)};
    size_t i = begin;
#define DISTANCE_STEP(g, values)                      \
  {                                                   \
    const vector distance = (values) - middle;        \
    sums[g] = FN(fma)(distance, distance, sums[g]);   \
  }
    for (; i + 4 * WIDTH <= end; i += 4 * WIDTH) {
      DISTANCE_STEP(0, FN(load)(row + i))
      DISTANCE_STEP(1, FN(load)(row + i + WIDTH))
      DISTANCE_STEP(2, FN(load)(row + i + 2 * WIDTH))
      DISTANCE_STEP(3, FN(load)(row + i + 3 * WIDTH))
    }
    for (; i + WIDTH <= end; i += WIDTH) DISTANCE_STEP(0, FN(load)(row + i))
    if (i < end) DISTANCE_STEP(1, FN(load_part)(row + i, end - i, centre))
#undef DISTANCE_STEP
    const real sum = FN(fold)((sums[0] + sums[1]) + (sums[2] + sums[3]));
    total += sum < (real)INFINITY
                 ? (double)sum
                 : FN(wide_distance)(row + begin, centre, end - begin);
  }
  return total;
}

/* Short rows: the columns of [outer, kept · inner], `columns` ≤ 64 at a time. */
NN_INLINE void FN(column_moments)(
    real *mean, real *variance, const real *src, size_t outer, size_t row_stride, size_t columns,
    size_t inner) {
  const double count = (double)(outer * inner);
  double sums[64] = {0};
  double centres[64];
  for (size_t o = 0; o < outer; o++) {
    for (size_t k = 0; k < columns; k++) sums[k] += (double)src[o * row_stride + k];
  }
  for (size_t c = 0; c < columns; c += inner) {
    double total = 0;
    for (size_t k = c; k < c + inner; k++) total += sums[k];
    mean[c / inner] = (real)(total / count);
    for (size_t k = c; k < c + inner; k++) centres[k] = (double)mean[c / inner];
  }
  memset(sums, 0, sizeof sums);
  for (size_t o = 0; o < outer; o++) {
    for (size_t k = 0; k < columns; k++) {
      const double distance = (double)src[o * row_stride + k] - centres[k];
      sums[k] += distance * distance;
    }
  }
  for (size_t c = 0; c < columns; c += inner) {
    double total = 0;
    for (size_t k = c; k < c + inner; k++) total += sums[k];
    variance[c / inner] = FN(variance_of)(total / count);
  }
}

static void FN(moments)(
    void *mean, void *variance, const void *src, size_t outer, size_t kept, size_t inner,
    size_t begin, size_t end) {
  const real *source = src;
  real *means = mean, *variances = variance;
  if (outer > 1 && inner > 0 && inner < 16) {
    const size_t step = 64 / inner;
    for (size_t c = begin; c < end; c += step) {
      const size_t channels = end - c < step ? end - c : step;
      FN(column_moments)(
          means + c, variances + c, source + c * inner, outer, kept * inner, channels * inner,
          inner);
    }
    return;
  }
  const double count = (double)(outer * inner);
  for (size_t c = begin; c < end; c++) {
    double total = 0;
    for (size_t o = 0; o < outer; o++) {
      total += FN(row_total)(source + (o * kept + c) * inner, inner);
    }
    const real centre = (real)(total / count);
    total = 0;
    for (size_t o = 0; o < outer; o++) {
      total += FN(squared_distance)(source + (o * kept + c) * inner, centre, inner);
    }
    means[c] = centre;
    variances[c] = FN(variance_of)(total / count);
  }
}
