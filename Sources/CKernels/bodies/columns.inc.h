/* Pictures to matrices of patches and back: the ways into and out of convolution by GEMM. */

#ifndef NN_SPAN
#define NN_SPAN
/* The outputs begin ..< end along one axis whose tap at `offset` lies inside the picture. */
typedef struct nn_span {
  int64_t begin, end;
} nn_span;

/* out·stride + offset in 0 ..< length, for out in 0 ..< count. */
NN_INLINE nn_span nn_inside(int64_t offset, int64_t stride, int64_t length, int64_t count) {
  const int64_t begin = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  const int64_t end = length > offset ? (length - offset + stride - 1) / stride : 0;
  const int64_t first = nn_least(begin, count);
  return (nn_span){first, nn_greatest(first, nn_least(end, count))};
}
#endif

/* One row of outputs: zeros, picture elements `stride` apart, zeros. */
NN_INLINE void FN(take_row)(
    real *dst, const real *row, int64_t offset, int64_t stride, nn_span span, int64_t count) {
  FN(fill_run)(dst, 0, (size_t)span.begin);
  const int64_t length = span.end - span.begin;
  const real *source = row + offset + span.begin * stride;
  real *target = dst + span.begin;
  if (stride == 1) {
    FN(copy_run)(target, source, (size_t)length);
  } else if (stride == 2) {
    for (int64_t x = 0; x < length; x++) target[x] = source[2 * x];
  } else {
    for (int64_t x = 0; x < length; x++) target[x] = source[x * stride];
  }
  FN(fill_run)(dst + span.end, 0, (size_t)(count - span.end));
}

/* One tap of a convolution that keeps the plane's width: the plane, shifted by a constant, in one
   copy; then zeros where rows wrapped round. */
NN_INLINE void FN(take_shifted_plane)(
    real *dst, const real *plane, int64_t x_offset, int64_t y_offset, nn_span rows, nn_span span,
    const nn_window *window) {
  const int64_t width = window->width;
  const int64_t shift = y_offset * width + x_offset;
  const int64_t first = nn_greatest(rows.begin * width, -shift);
  const int64_t end = nn_least(rows.end * width, window->height * width - shift);
  if (first < end) {
    memcpy(dst + first, plane + first + shift, (size_t)(end - first) * sizeof(real));
  }
  /* Column by column: there are a few columns of many rows. */
  for (int64_t x = 0; x < span.begin; x++) {
    for (int64_t y = rows.begin; y < rows.end; y++) dst[y * width + x] = 0;
  }
  for (int64_t x = span.end; x < width; x++) {
    for (int64_t y = rows.begin; y < rows.end; y++) dst[y * width + x] = 0;
  }
}

static void FN(im2col)(
    void *columns, size_t row_stride, const void *picture, const nn_window *window) {
  const nn_window w = *window;
  const real *plane = picture;
  real *row = columns;
  for (int64_t channel = 0; channel < w.channels; channel++, plane += w.height * w.width) {
    for (int64_t ky = 0; ky < w.kernel_height; ky++) {
      const int64_t y_offset = ky * w.dilation_y - w.pad_top;
      const nn_span rows = nn_inside(y_offset, w.stride_y, w.height, w.out_height);
      for (int64_t kx = 0; kx < w.kernel_width; kx++, row += row_stride) {
        const int64_t x_offset = kx * w.dilation_x - w.pad_left;
        const nn_span span = nn_inside(x_offset, w.stride_x, w.width, w.out_width);
        FN(fill_run)(row, 0, (size_t)(rows.begin * w.out_width));
        if (w.stride_x == 1 && w.stride_y == 1 && w.out_width == w.width) {
          FN(take_shifted_plane)(row, plane, x_offset, y_offset, rows, span, window);
        } else {
          for (int64_t y = rows.begin; y < rows.end; y++) {
            FN(take_row)(
                row + y * w.out_width, plane + (y * w.stride_y + y_offset) * w.width, x_offset,
                w.stride_x, span, w.out_width);
          }
        }
        FN(fill_run)(
            row + rows.end * w.out_width, 0, (size_t)((w.out_height - rows.end) * w.out_width));
      }
    }
  }
}

static void FN(col2im)(
    void *picture, const void *columns, size_t row_stride, const nn_window *window) {
  const nn_window w = *window;
  real *plane = picture;
  const real *row = columns;
  for (int64_t channel = 0; channel < w.channels; channel++, plane += w.height * w.width) {
    for (int64_t ky = 0; ky < w.kernel_height; ky++) {
      const int64_t y_offset = ky * w.dilation_y - w.pad_top;
      const nn_span rows = nn_inside(y_offset, w.stride_y, w.height, w.out_height);
      for (int64_t kx = 0; kx < w.kernel_width; kx++, row += row_stride) {
        const int64_t x_offset = kx * w.dilation_x - w.pad_left;
        const nn_span span = nn_inside(x_offset, w.stride_x, w.width, w.out_width);
        for (int64_t y = rows.begin; y < rows.end; y++) {
          const real *source = row + y * w.out_width + span.begin;
          real *target = plane + (y * w.stride_y + y_offset) * w.width + x_offset +
                         span.begin * w.stride_x;
          const int64_t length = span.end - span.begin;
          if (w.stride_x == 1) {
            FN(add_run)(target, source, (size_t)length);
          } else {
            for (int64_t x = 0; x < length; x++) target[x * w.stride_x] += source[x];
          }
        }
      }
    }
  }
}
