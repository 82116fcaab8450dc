/* log, log1p and softplus.

   x = 2^k·(1 + f) with 1 + f in [√½, √2); with s = f / (2 + f), log(1 + f) = 2·atanh(s), of which
   the first terms are taken exactly: f − f²/2 + s·(f²/2 + R(s²)). After K. C. Ng's log in FDLIBM
   (Sun Microsystems, 1993); the coefficients of R are our own. */

#if NN_REAL_BITS == 64
static const real FN(log_terms)[] = {
    0.66666666666666697, 0.39999999999899239, 0.285714286260958915, 0.222222111151441615,
    0.181828905566956035, 0.153316740301678618, 0.146170375487916502};
#define SQRT_HALF 0.70710678118654752440
#else
static const real FN(log_terms)[] = {
    0.6666666655f, 0.40000122f, 0.2855080255f, 0.2333096405f};
#define SQRT_HALF 0.70710678118654752440f
#endif

/* k·ln 2 + log(1 + f) + error. */
NN_INLINE vector FN(log_of_parts)(vector f, vector k, vector error) {
  const vector s = f / (f + 2);
  const vector square = s * s;
  const vector rest = square * POLYNOMIAL(log_terms, square);
  const vector half_square = (real)0.5 * f * f;
  const vector low = FN(fma)(s, half_square + rest, FN(fma)(k, (vector)(LN2_LOW), error));
  return FN(fma)(k, (vector)(LN2_HIGH), -((half_square - low) - f));
}

/* The exponent k that scales a positive normal x to [√½, √2). */
NN_INLINE integers FN(log_exponent)(vector x) {
  return ((integers)x - (integers)(vector)(SQRT_HALF)) >> REAL_MANTISSA;
}

NN_INLINE vector FN(log)(vector x) {
  const integers tiny = x < (vector)(REAL_MINIMUM);
  const vector normal = tiny ? x * (real)(1LL << (REAL_MANTISSA + 2)) : x;
  const integers exponent = FN(log_exponent)(normal);
  const vector f = (vector)((integers)normal - (exponent << REAL_MANTISSA)) - 1;
  const vector k = FN(to_reals)(exponent) - (tiny ? (vector)((real)(REAL_MANTISSA + 2)) : 0);
  const vector result = FN(log_of_parts)(f, k, (vector)((real)0));
  const vector not_positive =
      x == 0 ? (vector)(-(real)INFINITY) : (x < 0 ? (vector)((real)NAN) : x);
  return ((x > 0) & (x < (vector)((real)INFINITY))) ? result : not_positive;
}

NN_INLINE vector FN(log1p)(vector x) {
  const vector sum = x + 1;
  const integers exponent = FN(log_exponent)(sum);
  const integers near = exponent == 0;
  const vector f = near ? x : (vector)((integers)sum - (exponent << REAL_MANTISSA)) - 1;
  const vector lost = x >= 1 ? 1 - (sum - x) : x - (sum - 1);
  const vector error = near ? (vector)((real)0) : lost / sum;
  const vector result = FN(log_of_parts)(f, FN(to_reals)(exponent), error);
  const vector outside =
      x == -1 ? (vector)(-(real)INFINITY) : (x < -1 ? (vector)((real)NAN) : x);
  return ((x > -1) & (x < (vector)((real)INFINITY)) & (x != 0)) ? result : outside;
}

/* log(1 + exp(x)) = max(x, 0) + log1p(exp(−|x|)). */
NN_INLINE vector FN(softplus)(vector x) {
  const vector curve = FN(log1p)(FN(exp)(-FN(magnitude)(x)));
  return x > 0 ? x + curve : (x != x ? x : curve);
}
