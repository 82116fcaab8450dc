/* sin and cos. Float is computed in double lanes: x − n·π/2 with π/2 in two parts, then one of two
   polynomials by the quadrant n mod 4. Arguments beyond a million, infinities and NaN, and all of
   double, use libm. */

#if NN_REAL_BITS == 64

static const real FN(sin_terms)[] = {
    -0.166666666666638826, 0.00833333333107703776, -0.000198412669148610134,
    2.75559902866960787e-6, -2.48055767021515103e-8};
static const real FN(cos_terms)[] = {
    -0.499999999999638475, 0.0416666666373677033, -0.00138888850886407157,
    0.0000247998613556329223, -2.72370631301647178e-7};

/* sin(x + quarter_turns·π/2) to 2^-40, |x| ≤ 10⁶. */
NN_INLINE vector FN(sin_for_float)(vector x, integer quarter_turns) {
  const vector shifted =
      FN(fma)(x, (vector)(0.63661977236758134308), (vector)(ROUNDING_SHIFT));
  const integers quadrant =
      (integers)shifted - (integers)(vector)(ROUNDING_SHIFT) + quarter_turns;
  const vector count = shifted - ROUNDING_SHIFT;
  const vector high = FN(fma)(count, (vector)(-1.57079632679489655800), x);
  const vector r = FN(fma)(count, (vector)(-6.12323399573676603587e-17), high);
  const vector square = r * r;
  const vector sine = FN(fma)(r * square, POLYNOMIAL(sin_terms, square), r);
  const vector cosine = FN(fma)(square, POLYNOMIAL(cos_terms, square), (vector)(1.0));
  const vector size = (quadrant & 1) == 0 ? sine : cosine;
  return (vector)((integers)size ^ ((quadrant & 2) << 62));
}

NN_INLINE vector FN(sin)(vector x) { return EACH_LANE(x, sin(lane)); }
NN_INLINE vector FN(cos)(vector x) { return EACH_LANE(x, cos(lane)); }

#else

/* The lanes of one double vector, as floats. */
typedef real FN(narrow) __attribute__((ext_vector_type(width_f64)));

NN_INLINE vector FN(sin_shifted)(vector x, int quarter_turns) {
  real values[WIDTH];
  FN(store)(values, x);
  for (int k = 0; k < WIDTH; k += width_f64) {
    FN(narrow) part;
    memcpy(&part, values + k, sizeof part);
    const vector_type_f64 wide = __builtin_convertvector(part, vector_type_f64);
    part = __builtin_convertvector(sin_for_float_f64(wide, quarter_turns), FN(narrow));
    memcpy(values + k, &part, sizeof part);
  }
  return FN(load)(values);
}

#define WITHIN_TURNS(x, fast, call)                                          \
  ({                                                                         \
    const integers beyond = ~(FN(magnitude)(x) <= (vector)(1e6f));           \
    vector turned = fast;                                                    \
    if (__builtin_reduce_or(beyond) != 0) {                                  \
      const vector careful = EACH_LANE(x, call);                             \
      turned = beyond ? careful : turned;                                    \
    }                                                                        \
    turned;                                                                  \
  })

NN_INLINE vector FN(sin)(vector x) {
  const vector result = WITHIN_TURNS(x, FN(sin_shifted)(x, 0), sinf(lane));
  /* The polynomial would lose the sign of −0. */
  return x == 0 ? x : result;
}
NN_INLINE vector FN(cos)(vector x) {
  return WITHIN_TURNS(x, FN(sin_shifted)(x, 1), cosf(lane));
}
#undef WITHIN_TURNS

#endif
