/* Adaptive average pooling: output cell i of n covers floor(i·in/n) ..< ceil((i+1)·in/n). */

#ifndef NN_ADAPTIVE_CELL
#define NN_ADAPTIVE_CELL
NN_INLINE nn_average_cell nn_adaptive_cell(const nn_window *w, int64_t out_y, int64_t out_x) {
  nn_average_cell cell = {
      .top = out_y * w->height / w->out_height,
      .bottom = ((out_y + 1) * w->height + w->out_height - 1) / w->out_height,
      .left = out_x * w->width / w->out_width,
      .right = ((out_x + 1) * w->width + w->out_width - 1) / w->out_width};
  cell.divisor = (cell.bottom - cell.top) * (cell.right - cell.left);
  return cell;
}
#endif

static void FN(adaptive_avg_pool)(
    void *dst, const void *src, size_t begin, size_t end, const nn_window *w) {
  const int64_t area = w->height * w->width;
  real *target = (real *)dst + (int64_t)begin * w->out_height * w->out_width;
  for (int64_t p = (int64_t)begin; p < (int64_t)end; p++) {
    const real *plane = (const real *)src + p * area;
    for (int64_t y = 0; y < w->out_height; y++) {
      for (int64_t x = 0; x < w->out_width; x++) {
        const nn_average_cell cell = nn_adaptive_cell(w, y, x);
        double sum = 0;
        if (cell.right - cell.left == w->width) {
          sum = FN(row_sum)(
              plane + cell.top * w->width, (size_t)((cell.bottom - cell.top) * w->width));
        } else {
          for (int64_t r = cell.top; r < cell.bottom; r++) {
            for (int64_t c = cell.left; c < cell.right; c++) sum += (double)plane[r * w->width + c];
          }
        }
        *target++ = (real)(sum / (double)cell.divisor);
      }
    }
  }
}

static void FN(adaptive_avg_pool_backward)(
    void *dsrc, const void *ddst, size_t begin, size_t end, const nn_window *w) {
  const int64_t area = w->height * w->width;
  const real *gradient = (const real *)ddst + (int64_t)begin * w->out_height * w->out_width;
  for (int64_t p = (int64_t)begin; p < (int64_t)end; p++) {
    real *plane = (real *)dsrc + p * area;
    memset(plane, 0, (size_t)area * sizeof(real));
    for (int64_t y = 0; y < w->out_height; y++) {
      for (int64_t x = 0; x < w->out_width; x++) {
        const nn_average_cell cell = nn_adaptive_cell(w, y, x);
        const real share = *gradient++ / (real)cell.divisor;
        for (int64_t r = cell.top; r < cell.bottom; r++) {
          for (int64_t c = cell.left; c < cell.right; c++) plane[r * w->width + c] += share;
        }
      }
    }
  }
}
