/* The Gaussian error linear unit x·Φ(x), its approximation by tanh, and their slopes. */

/* Φ(x) */
NN_INLINE vector FN(normal_cumulative)(vector x) {
  return (FN(erf)(x * (real)0.70710678118654752440) + 1) * (real)0.5;
}

NN_INLINE vector FN(gelu)(vector x) { return x * FN(normal_cumulative)(x); }

/* Φ(x) + x·φ(x) */
NN_INLINE vector FN(gelu_slope)(vector x) {
  const vector density = FN(exp)(x * x * (real)-0.5) * (real)0.39894228040143267794;
  return FN(fma)(x, density, FN(normal_cumulative)(x));
}

/* ½(1 + tanh(u)) = 1/(1 + exp(−2u)), and 2u = x·(2√(2/π) + c·x²) with c = 0.044715·2√(2/π). */
#define GELU_RATE ((real)1.59576912160573071176)
#define GELU_BEND ((real)0.07135481627260024878)

NN_INLINE vector FN(gelu_share)(vector x) {
  const vector bend = FN(fma)(x * x, (vector)(GELU_BEND), (vector)(GELU_RATE));
  return 1 / (FN(exp)(-x * bend) + 1);
}

NN_INLINE vector FN(gelu_tanh)(vector x) { return x * FN(gelu_share)(x); }

/* s + x·s·(1 − s)·(2u)′ with s as above. */
NN_INLINE vector FN(gelu_tanh_slope)(vector x) {
  /* 0 or 1 from here on, where products would give ∞·0. */
  x = FN(clamp)(x, -64, 64);
  const vector share = FN(gelu_share)(x);
  const vector rate = FN(fma)(x * x, (vector)(3 * GELU_BEND), (vector)(GELU_RATE));
  return FN(fma)(x * rate, share * (1 - share), share);
}
