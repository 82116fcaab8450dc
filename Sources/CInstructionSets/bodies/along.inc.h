/* Gather of one element per column by index, and the adjoint, scatter. */

static void FN(gather_along)(
    void *dst, const void *src, const int32_t *index, size_t outer, size_t count, size_t inner) {
  real *target = dst;
  const real *source = src;
  for (size_t o = 0; o < outer; o++, source += count * inner) {
    for (size_t i = 0; i < inner; i++, target++, index++) {
      const bool inside = *index >= 0 && (size_t)*index < count;
      *target = inside ? source[(size_t)*index * inner + i] : 0;
    }
  }
}

static void FN(scatter_along)(
    void *dst, const void *src, const int32_t *index, size_t outer, size_t count, size_t inner) {
  real *target = dst;
  const real *source = src;
  memset(target, 0, outer * count * inner * sizeof(real));
  for (size_t o = 0; o < outer; o++, target += count * inner) {
    for (size_t i = 0; i < inner; i++, source++, index++) {
      const bool inside = *index >= 0 && (size_t)*index < count;
      if (inside) target[(size_t)*index * inner + i] = *source;
    }
  }
}
