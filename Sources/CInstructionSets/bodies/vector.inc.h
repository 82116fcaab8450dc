/* Loads, stores, runs of equal or copied elements, and a few functions of one vector. */

NN_INLINE vector FN(load)(const real *source) {
  vector value;
  memcpy(&value, source, sizeof value);
  return value;
}

NN_INLINE void FN(store)(real *target, vector value) { memcpy(target, &value, sizeof value); }

/* Copies count < 16 elements without a call. */
NN_INLINE void FN(copy_few)(real *target, const real *source, size_t count) {
  size_t done = 0;
#define COPY_PART(part)                                                   \
  if (count & part) {                                                     \
    memcpy(target + done, source + done, part * sizeof(real));            \
    done += part;                                                         \
  }
  COPY_PART(8) COPY_PART(4) COPY_PART(2) COPY_PART(1)
#undef COPY_PART
}

/* The first `count` < WIDTH elements; the others are `fill`. */
NN_INLINE vector FN(load_part)(const real *source, size_t count, real fill) {
#if NN_VECTOR_BYTES == 64 && NN_REAL_BITS == 32
  return (vector)_mm512_mask_loadu_ps(
      _mm512_set1_ps(fill), (__mmask16)((1u << count) - 1), source);
#elif NN_VECTOR_BYTES == 64
  return (vector)_mm512_mask_loadu_pd(_mm512_set1_pd(fill), (__mmask8)((1u << count) - 1), source);
#else
  vector value = (vector)(fill);
  real buffer[WIDTH];
  FN(store)(buffer, value);
  FN(copy_few)(buffer, source, count);
  return FN(load)(buffer);
#endif
}

/* Writes the first `count` < WIDTH elements. */
NN_INLINE void FN(store_part)(real *target, vector value, size_t count) {
#if NN_VECTOR_BYTES == 64 && NN_REAL_BITS == 32
  _mm512_mask_storeu_ps(target, (__mmask16)((1u << count) - 1), (__m512)value);
#elif NN_VECTOR_BYTES == 64
  _mm512_mask_storeu_pd(target, (__mmask8)((1u << count) - 1), (__m512d)value);
#else
  real buffer[WIDTH];
  FN(store)(buffer, value);
  FN(copy_few)(target, buffer, count);
#endif
}

/* A whole or partial vector, for the end of a loop. */
NN_INLINE vector FN(load_upto)(const real *source, size_t count, real fill) {
  return count >= WIDTH ? FN(load)(source) : FN(load_part)(source, count, fill);
}
NN_INLINE void FN(store_upto)(real *target, vector value, size_t count) {
  if (count >= WIDTH) {
    FN(store)(target, value);
  } else {
    FN(store_part)(target, value, count);
  }
}

/* The first `count` ≤ WIDTH integers as int32. */
NN_INLINE void FN(store_indices)(int32_t *target, integers value, size_t count) {
#if NN_REAL_BITS == 32
  FN(store_upto)((real *)target, (vector)value, count);
#else
  for (size_t k = 0; k < count; k++) target[k] = (int32_t)value[k];
#endif
}

NN_INLINE void FN(fill_run)(real *target, real value, size_t count) {
  const vector filled = (vector)(value);
  size_t i = 0;
  for (; i + WIDTH <= count; i += WIDTH) FN(store)(target + i, filled);
  if (i < count) FN(store_part)(target + i, filled, count - i);
}

/* Copies a run that is usually too short for memcpy to pay off. */
NN_INLINE void FN(copy_run)(real *target, const real *source, size_t count) {
  size_t i = 0;
  for (; i + WIDTH <= count; i += WIDTH) FN(store)(target + i, FN(load)(source + i));
  if (i < count) FN(store_part)(target + i, FN(load_part)(source + i, count - i, 0), count - i);
}

typedef real FN(two_vectors) __attribute__((ext_vector_type(2 * WIDTH)));

/* The elements with even and with odd indices among the first `count` ≤ 2 · WIDTH. */
NN_INLINE void FN(load_pairs)(const real *source, size_t count, vector *even, vector *odd) {
  vector halves[2] = {FN(load_upto)(source, count, 0), (vector)((real)0)};
  if (count > WIDTH) halves[1] = FN(load_upto)(source + WIDTH, count - WIDTH, 0);
  FN(two_vectors) both;
  memcpy(&both, halves, sizeof both);
  *even = both.even;
  *odd = both.odd;
}

/* Writes the first `count` ≤ 2 · WIDTH elements of both, interleaved. */
NN_INLINE void FN(store_pairs)(real *target, size_t count, vector even, vector odd) {
#if NN_VECTOR_BYTES == 0
  const vector halves[2] = {even, odd};
#else
  FN(two_vectors) both;
  both.even = even;
  both.odd = odd;
  vector halves[2];
  memcpy(halves, &both, sizeof both);
#endif
  FN(store_upto)(target, halves[0], count);
  if (count > WIDTH) FN(store_upto)(target + WIDTH, halves[1], count - WIDTH);
}

NN_INLINE vector FN(fma)(vector a, vector b, vector c) {
  return __builtin_elementwise_fma(a, b, c);
}

NN_INLINE vector FN(magnitude)(vector x) {
  return (vector)((integers)x & ~((integers)(vector)((real)-0.0)));
}

/* |magnitude| with the sign of `sign`. */
NN_INLINE vector FN(with_sign)(vector magnitude, vector sign) {
  const integers bit = (integers)(vector)((real)-0.0);
  return (vector)(((integers)magnitude & ~bit) | ((integers)sign & bit));
}

/* c[0] + c[1]·x + … by Horner's rule. */
NN_INLINE vector FN(polynomial)(const real *terms, int count, vector x) {
  vector sum = (vector)(terms[count - 1]);
#pragma clang loop unroll(full)
  for (int k = count - 2; k >= 0; k--) sum = FN(fma)(sum, x, (vector)(terms[k]));
  return sum;
}
#define POLYNOMIAL(terms, x) \
  FN(polynomial)(FN(terms), (int)(sizeof FN(terms) / sizeof FN(terms)[0]), x)

/* Adding it to a small number rounds to the nearest integer, which is then in the low bits. */
#define ROUNDING_SHIFT ((real)(1.5 * (1LL << REAL_MANTISSA)))

/* Conversion of a vector with integral values to integers, and back. */
NN_INLINE integers FN(to_integers)(vector whole) {
  return (integers)(whole + ROUNDING_SHIFT) - (integers)(vector)(ROUNDING_SHIFT);
}
NN_INLINE vector FN(to_reals)(integers whole) {
  return (vector)(whole + (integers)(vector)(ROUNDING_SHIFT)) - ROUNDING_SHIFT;
}

/* 2^exponent for exponents of normal numbers. */
NN_INLINE vector FN(power_of_two)(integers exponent) {
  return (vector)((exponent + REAL_BIAS) << REAL_MANTISSA);
}

/* A libm function, lane by lane, where a vector polynomial does not pay off. */
#define EACH_LANE(x, call)                             \
  ({                                                   \
    real lane_values[WIDTH];                           \
    FN(store)(lane_values, x);                         \
    for (int k = 0; k < WIDTH; k++) {                  \
      const real lane = lane_values[k];                \
      lane_values[k] = call;                           \
    }                                                  \
    FN(load)(lane_values);                             \
  })
