/* exp, expm1 and the functions based on them: tanh, sigmoid.

   exp(x) = 2^n·exp(r) with n = round(x / ln 2) and r = x − n·ln 2 in two steps (Cody and Waite);
   exp(r) = 1 + r + r²·q(r). Polynomials interpolate at Chebyshev points, computed to 60 digits. */

#if NN_REAL_BITS == 64
static const real FN(exp_terms)[] = {
    0.5, 0.16666666666666671, 0.0416666666666666698, 0.00833333333332611986,
    0.00138888888888837374, 0.000198412698748739751, 0.0000248015873255858389,
    2.75572553325544091e-6, 2.75572735947994132e-7, 2.51052451539013699e-8,
    2.09147070696123534e-9};
static const real FN(tanh_terms)[] = {
    -0.333333333333333326, 0.133333333333327129, -0.0539682539674317389, 0.0218694884935630381,
    -0.00886323439541809559, 0.0035921103470961766, -0.00145566157757023636,
    0.000588934807244702772, -0.000234631045283004057, 0.0000851070792735411284,
    -0.0000205985566732751675};
#define LN2_HIGH 6.93147180369123816490e-01
#define LN2_LOW 1.90821492927058770002e-10
#define LOG2_E 1.44269504088896340736
#define EXP_LOWEST -746.0
#define EXP_HIGHEST 710.0
#define EXPM1_LOWEST -60.0
#else
static const real FN(exp_terms)[] = {
    0.5000000013f, 0.1666666668f, 0.04166646471f, 0.008333310902f, 0.001393367373f,
    0.0001989101718f};
static const real FN(tanh_terms)[] = {
    -0.3333333201f, 0.1333311346f, -0.05390937564f, 0.02130906233f, -0.006609614013f};
#define LN2_HIGH 6.9313812256e-01f
#define LN2_LOW 9.0580006145e-06f
#define LOG2_E 1.44269504088896340736f
#define EXP_LOWEST -104.0f
#define EXP_HIGHEST 89.0f
#define EXPM1_LOWEST -30.0f
#endif

/* The remainder of x after subtracting multiples of ln 2; NaN stays NaN. */
typedef struct FN(exp_parts) {
  integers exponent;
  vector rest;
  vector rest_error; /* the rounding error of `rest` */
} FN(exp_parts);

NN_INLINE FN(exp_parts) FN(exp_reduce)(vector x) {
  const vector shifted = FN(fma)(x, (vector)(LOG2_E), (vector)(ROUNDING_SHIFT));
  const vector count = shifted - ROUNDING_SHIFT;
  const vector high = FN(fma)(count, (vector)(-LN2_HIGH), x);
  const vector rest = FN(fma)(count, (vector)(-LN2_LOW), high);
  return (FN(exp_parts)){
      .exponent = (integers)shifted - (integers)(vector)(ROUNDING_SHIFT),
      .rest = rest,
      .rest_error = FN(fma)(count, (vector)(-LN2_LOW), high - rest)};
}

/* value·2^exponent in two steps, so that results may be denormal or infinite. */
NN_INLINE vector FN(scale)(vector value, integers exponent) {
  const integers half = exponent >> 1;
  return value * FN(power_of_two)(half) * FN(power_of_two)(exponent - half);
}

NN_INLINE vector FN(clamp)(vector x, real lowest, real highest) {
  x = x < (vector)(lowest) ? (vector)(lowest) : x;
  return x > (vector)(highest) ? (vector)(highest) : x;
}

NN_INLINE vector FN(exp)(vector x) {
  const FN(exp_parts) parts = FN(exp_reduce)(FN(clamp)(x, EXP_LOWEST, EXP_HIGHEST));
  const vector r = parts.rest;
  return FN(scale)(FN(fma)(r * r, POLYNOMIAL(exp_terms, r), r) + 1, parts.exponent);
}

NN_INLINE vector FN(expm1)(vector x) {
  const FN(exp_parts) parts = FN(exp_reduce)(FN(clamp)(x, EXPM1_LOWEST, EXP_HIGHEST));
  const vector r = parts.rest;
  const vector curve = FN(fma)(r * r, POLYNOMIAL(exp_terms, r), parts.rest_error);
  /* 2^n·(e^r − 1) + (2^n − 1), halved so that 2^n stays finite. */
  const vector power = FN(power_of_two)(parts.exponent - 1);
  const vector scaled =
      FN(fma)(power, curve, FN(fma)(power, r, power - (real)0.5)) * 2;
  const vector small = r + curve;
  return FN(with_sign)(parts.exponent == 0 ? small : scaled, x);
}

/* Near zero an odd polynomial; else 1 − 2 / (exp(2|x|) + 1). */
NN_INLINE vector FN(tanh)(vector x) {
  const vector size = FN(magnitude)(x);
  const vector square = x * x;
  const vector near = FN(fma)(size * square, POLYNOMIAL(tanh_terms, square), size);
  const vector far = 1 - 2 / (FN(exp)(size + size) + 1);
  return FN(with_sign)(size < (vector)((real)0.55) ? near : far, x);
}

/* 1 / (1 + exp(−x)) from e = exp(−|x|) ≤ 1, which never overflows: 1 / (1 + e) or e / (1 + e). The
   rounding errors of e and of 1 + e are compensated. */
NN_INLINE vector FN(sigmoid)(vector x) {
  const FN(exp_parts) parts = FN(exp_reduce)(FN(clamp)(-FN(magnitude)(x), EXP_LOWEST, 0));
  const vector r = parts.rest;
  const vector above_one = FN(fma)(r * r, POLYNOMIAL(exp_terms, r), r);
  const vector high = above_one + 1;
  const vector low = above_one - (high - 1);
  const vector e = FN(scale)(high, parts.exponent);
  const vector e_error = FN(scale)(low, parts.exponent);
  const vector sum = e + 1;
  const vector sum_error = (e - (sum - 1)) + e_error;
  const integers positive = x >= 0;
  const vector numerator = positive ? (vector)((real)1) : e;
  const vector numerator_error = positive ? (vector)((real)0) : e_error;
  const vector quotient = numerator / sum;
  const vector correction = FN(fma)(-quotient, sum_error, numerator_error) / sum;
  const vector result = quotient + correction;
  return x != x ? x : result;
}
