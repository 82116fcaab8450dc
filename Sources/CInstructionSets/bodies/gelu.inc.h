/* The Gaussian error linear unit x·Φ(x), its approximation by tanh, and their derivatives.

   Φ(−a) = exp(−a²/2)·½erfcx(a/√2) for a ≥ 0, without cancellation however small it is, and
   Φ(a) = 1 − Φ(−a). The second factor times (a + K) is a polynomial in q = (a − K)/(a + K), which
   interpolates at Chebyshev points, computed to 50 digits. */

#if NN_REAL_BITS == 64
#define NORMAL_TAIL_CENTRE 5.0
/* Φ is 0 from here on, where products with ∞ would be NaN. */
#define NORMAL_TAIL_END 40.0
static const real FN(normal_tail_terms)[] = {
    0.769193049750062958035, -0.665382502890056693663, 0.495305615969976588736,
    -0.313533156671305171412, 0.165020366170375025281, -0.0691186387062946795253,
    0.0207950668000914596333, -0.00299337677064926811552, -0.000797869400739248787134,
    0.00054489906503732301149, -0.0000593757138164713118109, -0.0000497628103779030353403,
    0.0000166811603645866454347, 0.00000398087128566697248653, -0.00000276914578228227786483,
    -3.36512204349906950113e-7, 4.32983703741560940572e-7, 4.20918333388691458188e-8,
    -6.58488684007973971808e-8, -9.14450208128917385961e-9, 7.66723610720265331488e-9,
    1.68910576651538808292e-9, -1.80732120781460434025e-10};
#else
#define NORMAL_TAIL_CENTRE 2.5f
#define NORMAL_TAIL_END 15.0f
static const real FN(normal_tail_terms)[] = {
    0.7066566583f, -0.433691986f, 0.1319870717f, 0.009235507824f, -0.01638708928f,
    -0.001599698015f, 0.00252684632f, 0.00068405651f, -0.0003145891754f, -0.0001590002741f};
#endif

/* Φ(−|x|) as exp(−x²/2) times a factor: the product may be denormal even if results are not. */
typedef struct FN(normal_tail) {
  vector bell, rest;
} FN(normal_tail);

NN_INLINE FN(normal_tail) FN(normal_tail_at)(vector x) {
  const vector size = FN(magnitude)(x);
  const vector a = size > NORMAL_TAIL_END ? (vector)(NORMAL_TAIL_END) : size;
  /* The rounding error of a² would be amplified by a²/2 in the exponential. */
  const vector square = a * a;
  const vector lost = FN(fma)(a, a, -square);
  const vector bell = FN(exp)(square * (real)-0.5);
  const vector share = 1 / (a + NORMAL_TAIL_CENTRE);
  const vector q = FN(fma)(share, (vector)(-2 * NORMAL_TAIL_CENTRE), (vector)((real)1));
  return (FN(normal_tail)){
      .bell = FN(fma)(bell, lost * (real)-0.5, bell),
      .rest = share * POLYNOMIAL(normal_tail_terms, q)};
}

NN_INLINE vector FN(gelu)(vector x) {
  const FN(normal_tail) tail = FN(normal_tail_at)(x);
  return x < 0 ? x * tail.bell * tail.rest : x * (1 - tail.bell * tail.rest);
}

/* Φ(x) + x·φ(x) */
NN_INLINE vector FN(gelu_derivative)(vector x) {
  const FN(normal_tail) tail = FN(normal_tail_at)(x);
  /* Beyond ±END φ is 0, and products with ∞ would be NaN. */
  const vector limited = FN(clamp)(x, -NORMAL_TAIL_END, NORMAL_TAIL_END);
  const vector density = limited * (real)0.39894228040143267794;
  const vector above = FN(fma)(tail.bell, density - tail.rest, (vector)((real)1));
  return x < 0 ? tail.bell * (density + tail.rest) : above;
}
#undef NORMAL_TAIL_CENTRE
#undef NORMAL_TAIL_END

/* ½(1 + tanh(u)) = 1/(1 + exp(−2u)), and 2u = x·(2√(2/π) + c·x²) with c = 0.044715·2√(2/π). */
#define GELU_RATE ((real)1.59576912160573071176)
#define GELU_CUBIC ((real)0.07135481627260024878)

NN_INLINE vector FN(gelu_share)(vector x) {
  const vector factor = FN(fma)(x * x, (vector)(GELU_CUBIC), (vector)(GELU_RATE));
  return 1 / (FN(exp)(-x * factor) + 1);
}

NN_INLINE vector FN(gelu_tanh)(vector x) { return x * FN(gelu_share)(x); }

/* s + x·s·(1 − s)·(2u)′ with s as above. */
NN_INLINE vector FN(gelu_tanh_derivative)(vector x) {
  /* 0 or 1 from here on, where products would be ∞·0. */
  x = FN(clamp)(x, -64, 64);
  const vector share = FN(gelu_share)(x);
  const vector rate = FN(fma)(x * x, (vector)(3 * GELU_CUBIC), (vector)(GELU_RATE));
  return FN(fma)(x * rate, share * (1 - share), share);
}
