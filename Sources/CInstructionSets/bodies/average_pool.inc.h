/* Average pooling over planes; windows are not dilated. */

#ifndef NN_AVERAGE_CELL
#define NN_AVERAGE_CELL
/* The part of one output's window inside the plane, and the number that its sum is divided by. */
typedef struct nn_average_cell {
  int64_t top, bottom, left, right;
  int64_t divisor;
} nn_average_cell;

NN_INLINE nn_average_cell nn_average_cell_at(
    const nn_window *w, int64_t out_y, int64_t out_x, bool count_include_pad) {
  const int64_t top = out_y * w->stride_y - w->pad_top;
  const int64_t left = out_x * w->stride_x - w->pad_left;
  /* The padding is counted, but not the part of a last window outside it. */
  const int64_t bottom = nn_least(top + w->kernel_height, w->height + w->pad_bottom);
  const int64_t right = nn_least(left + w->kernel_width, w->width + w->pad_right);
  nn_average_cell cell = {
      .top = nn_greatest(top, 0),
      .bottom = nn_least(bottom, w->height),
      .left = nn_greatest(left, 0),
      .right = nn_least(right, w->width)};
  cell.divisor = count_include_pad ? (bottom - top) * (right - left)
                                   : (cell.bottom - cell.top) * (cell.right - cell.left);
  return cell;
}
#endif

/* A row of outputs of 2 × 2 windows with stride 2 and without padding. */
NN_INLINE void FN(average_pairs)(
    real *dst, const real *plane, int64_t out_y, const nn_window *w) {
  const real *upper = plane + 2 * out_y * w->width;
  for (int64_t x = 0; x < w->out_width; x += WIDTH) {
    const size_t length = (size_t)nn_least(WIDTH, w->out_width - x);
    vector a, b, c, d;
    FN(load_pairs)(upper + 2 * x, 2 * length, &a, &b);
    FN(load_pairs)(upper + w->width + 2 * x, 2 * length, &c, &d);
    FN(store_upto)(dst + x, (((a + b) + c) + d) * (real)0.25, length);
  }
}

/* Its adjoint: a quarter of each gradient for the four elements of its window. */
NN_INLINE void FN(spread_pairs)(
    real *plane, const real *gradient, int64_t out_y, const nn_window *w) {
  real *upper = plane + 2 * out_y * w->width;
  for (int64_t x = 0; x < w->out_width; x++) {
    const real share = gradient[x] * (real)0.25;
    upper[2 * x] = upper[2 * x + 1] = share;
    upper[w->width + 2 * x] = upper[w->width + 2 * x + 1] = share;
  }
}

static void FN(avg_pool)(
    void *dst, const void *src, size_t begin, size_t end, const nn_window *window,
    bool count_include_pad) {
  const nn_window w = *window;
  const int64_t out_area = w.out_height * w.out_width, area = w.height * w.width;
  const bool pairs = FN(has_pairs)(window);
  for (int64_t p = (int64_t)begin; p < (int64_t)end; p++) {
    const real *plane = (const real *)src + p * area;
    for (int64_t y = 0; y < w.out_height; y++) {
      real *target = (real *)dst + p * out_area + y * w.out_width;
      if (pairs) {
        FN(average_pairs)(target, plane, y, window);
        continue;
      }
      for (int64_t x = 0; x < w.out_width; x++) {
        const nn_average_cell cell = nn_average_cell_at(window, y, x, count_include_pad);
        real sum = 0;
        for (int64_t r = cell.top; r < cell.bottom; r++) {
          for (int64_t c = cell.left; c < cell.right; c++) sum += plane[r * w.width + c];
        }
        target[x] = sum / (real)cell.divisor;
      }
    }
  }
}

static void FN(avg_pool_backward)(
    void *dsrc, const void *ddst, size_t begin, size_t end, const nn_window *window,
    bool count_include_pad) {
  const nn_window w = *window;
  const int64_t out_area = w.out_height * w.out_width, area = w.height * w.width;
  const bool pairs = FN(has_pairs)(window);
  for (int64_t p = (int64_t)begin; p < (int64_t)end; p++) {
    real *plane = (real *)dsrc + p * area;
    const real *gradient = (const real *)ddst + p * out_area;
    memset(plane, 0, (size_t)area * sizeof(real));
    for (int64_t y = 0; y < w.out_height; y++) {
      if (pairs) {
        FN(spread_pairs)(plane, gradient + y * w.out_width, y, window);
        continue;
      }
      for (int64_t x = 0; x < w.out_width; x++) {
        const nn_average_cell cell = nn_average_cell_at(window, y, x, count_include_pad);
        const real share = gradient[y * w.out_width + x] / (real)cell.divisor;
        for (int64_t r = cell.top; r < cell.bottom; r++) {
          for (int64_t c = cell.left; c < cell.right; c++) plane[r * w.width + c] += share;
        }
      }
    }
  }
}
