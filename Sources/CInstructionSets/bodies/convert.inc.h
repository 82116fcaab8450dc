/* Conversion from other element types to reals. */

static void FN(convert)(void *dst, const void *src, uint8_t source_type, size_t count) {
  real *target = dst;
#define CONVERT_CASE(dtype, source)                                                   \
  case dtype: {                                                                       \
    const source *from = src;                                                         \
    for (size_t i = 0; i < count; i++) target[i] = (real)from[i];                     \
    break;                                                                            \
  }
  switch (source_type) {
    CONVERT_CASE(NN_FLOAT32, float)
    CONVERT_CASE(NN_FLOAT64, double)
    CONVERT_CASE(NN_INT32, int32_t)
    CONVERT_CASE(NN_INT64, int64_t)
    CONVERT_CASE(NN_UINT8, uint8_t)
  }
#undef CONVERT_CASE
}
