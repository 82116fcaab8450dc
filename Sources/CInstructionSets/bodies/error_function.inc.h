/* The error function, 2/√π·∫₀ˣ exp(−t²) dt. */

#if NN_REAL_BITS == 64

NN_INLINE vector FN(erf)(vector x) { return EACH_LANE(x, erf(lane)); }

#else

/* erf(x) = x + x·p(x²) near zero; 1 − exp(q(|x|)), q = log erfc, elsewhere. */
static const real FN(erf_near_terms)[] = {
    0.1283791667f, -0.3761263402f, 0.1128369935f, -0.02685958812f, 0.005201456326f,
    -0.0008147081117f, 8.387074557e-5f};
static const real FN(erf_far_terms)[] = {
    0.0003204415313f, -1.130237616f, -0.6318145167f, -0.1100944808f, 0.0264310176f,
    -0.004763575249f, 0.000597743472f, -4.617791279e-5f, 1.643569654e-6f};

NN_INLINE vector FN(erf)(vector x) {
  const vector size = FN(magnitude)(x);
  const vector near = FN(fma)(size, POLYNOMIAL(erf_near_terms, x * x), size);
  /* From 4 on the result is 1 in float. */
  const vector limited = size > 4 ? (vector)(4.0f) : size;
  const vector far = 1 - FN(exp)(POLYNOMIAL(erf_far_terms, limited));
  return FN(with_sign)(size < (vector)(0.92f) ? near : far, x);
}

#endif
