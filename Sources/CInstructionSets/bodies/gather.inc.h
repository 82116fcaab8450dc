/* Gather of rows by index (embedding lookup), and the adjoint, scatter-add. */

static void FN(gather_rows)(
    void *dst, const void *src, const int32_t *index, size_t count, size_t rows, size_t length) {
  real *target = dst;
  for (size_t k = 0; k < count; k++, target += length) {
    const bool inside = index[k] >= 0 && (size_t)index[k] < rows;
    if (inside) {
      FN(copy_run)(target, (const real *)src + (size_t)index[k] * length, length);
    } else {
      FN(fill_run)(target, 0, length);
    }
  }
}

static void FN(scatter_add_rows)(
    void *dst, const void *src, const int32_t *index, size_t count, size_t rows, size_t pitch,
    size_t begin, size_t end) {
  const size_t length = end - begin;
  for (size_t k = 0; k < rows; k++) FN(fill_run)((real *)dst + k * pitch + begin, 0, length);
  const real *source = (const real *)src + begin;
  for (size_t k = 0; k < count; k++, source += pitch) {
    if (index[k] < 0 || (size_t)index[k] >= rows) continue;
    real *target = (real *)dst + (size_t)index[k] * pitch + begin;
    for (size_t i = 0; i < length; i += WIDTH) {
      const vector sum =
          FN(load_upto)(target + i, length - i, 0) + FN(load_upto)(source + i, length - i, 0);
      FN(store_upto)(target + i, sum, length - i);
    }
  }
}
