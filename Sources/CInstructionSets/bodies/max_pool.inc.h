/* Max pooling over planes. As in PyTorch the index on ties is the first, and of NaNs the last. */

/* One output, from the kernel offsets inside the plane. */
NN_INLINE void FN(max_pool_cell)(
    real *dst, int32_t *argmax, const real *plane, int64_t out_y, int64_t out_x,
    const nn_window *w) {
  const int64_t y_offset = out_y * w->stride_y - w->pad_top;
  const int64_t x_offset = out_x * w->stride_x - w->pad_left;
  const nn_span rows = nn_inside(y_offset, w->dilation_y, w->height, w->kernel_height);
  const nn_span span = nn_inside(x_offset, w->dilation_x, w->width, w->kernel_width);
  const int64_t top = y_offset + rows.begin * w->dilation_y;
  const int64_t left = x_offset + span.begin * w->dilation_x;
  real best = -(real)INFINITY;
  int64_t position = top * w->width + left;
  for (int64_t ky = 0; ky < rows.end - rows.begin; ky++) {
    for (int64_t kx = 0; kx < span.end - span.begin; kx++) {
      const int64_t index = (top + ky * w->dilation_y) * w->width + left + kx * w->dilation_x;
      const real value = plane[index];
      if (value > best || value != value) {
        best = value;
        position = index;
      }
    }
  }
  *dst = best;
  *argmax = (int32_t)position;
}

/* Some outputs of a row of 2 × 2 windows with stride 2 and without padding, at most a vector; with
   `has_argmax`, also the indices. `upper` is the index of the first element of their windows. */
NN_INLINE void FN(max_pool_pairs)(
    const bool has_argmax, real *dst, int32_t *argmax, const real *plane, int64_t upper,
    int64_t width, size_t length) {
  integer steps[WIDTH];
  for (int k = 0; k < WIDTH; k++) steps[k] = 2 * k;
  integers left;
  memcpy(&left, steps, sizeof left);
  vector values[4];
  FN(load_pairs)(plane + upper, 2 * length, &values[0], &values[1]);
  FN(load_pairs)(plane + upper + width, 2 * length, &values[2], &values[3]);
  vector best = values[0];
  integers position = left + (integer)upper;
  const integers corner = position;
#pragma clang loop unroll(full)
  for (int k = 1; k < 4; k++) {
    const integers better = (values[k] > best) | (values[k] != values[k]);
    best = better ? values[k] : best;
    if (has_argmax) {
      position = better ? corner + (integer)((k >> 1) * width + (k & 1)) : position;
    }
  }
  FN(store_upto)(dst, best, length);
  if (has_argmax) FN(store_indices)(argmax, position, length);
}

/* The same for whole planes. A whole vector is faster than the rest of a row: what it computes past
   the end of a row is overwritten by the next row, if there is one. */
NN_INLINE void FN(max_pool_plane_pairs)(
    const bool has_argmax, real *dst, int32_t *argmax, const real *plane, size_t planes_left,
    const nn_window *w) {
  const size_t readable = planes_left * (size_t)(w->height * w->width);
  const size_t writable = planes_left * (size_t)(w->out_height * w->out_width);
  for (int64_t y = 0; y < w->out_height; y++) {
    for (int64_t x = 0; x < w->out_width; x += WIDTH) {
      const int64_t upper = 2 * y * w->width + 2 * x, i = y * w->out_width + x;
      int32_t *indices = has_argmax ? argmax + i : NULL;
      if ((size_t)(upper + w->width) + 2 * WIDTH <= readable && (size_t)i + WIDTH <= writable) {
        FN(max_pool_pairs)(has_argmax, dst + i, indices, plane, upper, w->width, WIDTH);
      } else {
        const size_t length = (size_t)nn_least(WIDTH, w->out_width - x);
        FN(max_pool_pairs)(has_argmax, dst + i, indices, plane, upper, w->width, length);
      }
    }
  }
}

NN_INLINE bool FN(has_pairs)(const nn_window *w) {
  return w->kernel_height == 2 && w->kernel_width == 2 && w->stride_y == 2 && w->stride_x == 2 &&
         w->dilation_y == 1 && w->dilation_x == 1 && w->pad_top == 0 && w->pad_left == 0 &&
         2 * w->out_height <= w->height && 2 * w->out_width <= w->width;
}

static void FN(max_pool)(
    void *dst, int32_t *argmax, const void *src, size_t begin, size_t end,
    const nn_window *window) {
  const nn_window w = *window;
  const int64_t out_area = w.out_height * w.out_width, area = w.height * w.width;
  const bool pairs = FN(has_pairs)(window);
  int32_t unused;
  for (int64_t p = (int64_t)begin; p < (int64_t)end; p++) {
    const real *plane = (const real *)src + p * area;
    const size_t planes_left = end - (size_t)p;
    real *target = (real *)dst + p * out_area;
    int32_t *indices = argmax == NULL ? NULL : argmax + p * out_area;
    if (pairs && indices == NULL) {
      FN(max_pool_plane_pairs)(false, target, NULL, plane, planes_left, window);
    } else if (pairs) {
      FN(max_pool_plane_pairs)(true, target, indices, plane, planes_left, window);
    } else {
      for (int64_t i = 0; i < out_area; i++) {
        FN(max_pool_cell)(
            target + i, indices == NULL ? &unused : indices + i, plane, i / w.out_width,
            i % w.out_width, window);
      }
    }
  }
}

static void FN(max_pool_gather)(
    void *dst, const int32_t *argmax, const void *src, size_t begin, size_t end,
    const nn_window *w) {
  const size_t out_area = (size_t)(w->out_height * w->out_width);
  const size_t area = (size_t)(w->height * w->width);
  for (size_t p = begin; p < end; p++) {
    const real *plane = (const real *)src + p * area;
    real *target = (real *)dst + p * out_area;
    for (size_t i = 0; i < out_area; i++) target[i] = plane[argmax[p * out_area + i]];
  }
}

static void FN(max_pool_backward)(
    void *dsrc, const int32_t *argmax, const void *ddst, size_t begin, size_t end,
    const nn_window *w) {
  const size_t out_area = (size_t)(w->out_height * w->out_width);
  const size_t area = (size_t)(w->height * w->width);
  for (size_t p = begin; p < end; p++) {
    real *plane = (real *)dsrc + p * area;
    const real *gradient = (const real *)ddst + p * out_area;
    memset(plane, 0, area * sizeof(real));
    for (size_t i = 0; i < out_area; i++) plane[argmax[p * out_area + i]] += gradient[i];
  }
}
