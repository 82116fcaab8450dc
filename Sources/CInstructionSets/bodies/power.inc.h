/* pow with C's special cases (ISO C, F.10.4.4). Float is exp(b·log|a|) in double lanes, whose
   additional precision makes the logarithm's error negligible; double uses libm. */

#if NN_REAL_BITS == 64

NN_INLINE vector FN(power)(vector a, vector b) {
  real bases[WIDTH], exponents[WIDTH];
  FN(store)(bases, a);
  FN(store)(exponents, b);
  for (int k = 0; k < WIDTH; k++) bases[k] = pow(bases[k], exponents[k]);
  return FN(load)(bases);
}

/* |a|^b without the special cases. */
NN_INLINE vector FN(power_of_magnitude)(vector a, vector b) {
  return FN(exp)(b * FN(log)(FN(magnitude)(a)));
}

#else

NN_INLINE vector FN(power)(vector a, vector b) {
  real bases[WIDTH], exponents[WIDTH];
  FN(store)(bases, a);
  FN(store)(exponents, b);
  for (int k = 0; k < WIDTH; k += width_f64) {
    FN(narrow) base, exponent;
    memcpy(&base, bases + k, sizeof base);
    memcpy(&exponent, exponents + k, sizeof exponent);
    base = __builtin_convertvector(
        power_of_magnitude_f64(
            __builtin_convertvector(base, vector_type_f64),
            __builtin_convertvector(exponent, vector_type_f64)),
        FN(narrow));
    memcpy(bases + k, &base, sizeof base);
  }
  const vector size = FN(load)(bases);
  const vector infinity = (vector)((real)INFINITY);
  const vector b_size = FN(magnitude)(b);
  /* From 2^24 on every float is an even integer. */
  const integers large = b_size >= (vector)(0x1p24f);
  const vector half = b_size * 0.5f;
  const integers whole = large | (__builtin_elementwise_floor(b_size) == b_size);
  const integers odd = ~large & whole & (__builtin_elementwise_floor(half) != half);
  const integers negative = (integers)a < 0;
  vector result = (negative & odd) ? -size : size;
  const integers undefined = (a < 0) & (a > -infinity) & ~whole;
  result = undefined ? (vector)((real)NAN) : result;
  const integers one = (b == 0) | (a == 1) | ((a == -1) & (b_size == infinity));
  return one ? (vector)((real)1) : result;
}

#endif
