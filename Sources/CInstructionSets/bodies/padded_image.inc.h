/* Images to padded inputs and back, so that matrix products can read the shifted views of a
   convolution in place. */

/* Zeros before or after a row: mostly a single one, for which a call would cost more than the
   row. */
NN_INLINE void FN(clear_few)(real *target, int64_t count) {
  if (count == 1) {
    *target = 0;
  } else if (count > 0) {
    FN(fill_run)(target, 0, (size_t)count);
  }
}

/* Every `step`-th of the elements from `source` on. */
NN_INLINE void FN(copy_every)(real *target, const real *source, size_t count, int64_t step) {
  if (step != 2) {
    for (size_t x = 0; x < count; x++) target[x] = source[(int64_t)x * step];
    return;
  }
  for (size_t x = 0; x < count; x += WIDTH) {
    const size_t length = count - x < WIDTH ? count - x : WIDTH;
    vector even, odd;
    FN(load_pairs)(source + 2 * x, 2 * length - 1, &even, &odd);
    FN(store_upto)(target + x, even, length);
  }
}

static void FN(pad_image)(void *target, const void *images, const nn_padded_image *shape) {
  const nn_padded_image f = *shape;
  real *dst = target;
  const real *plane = images;
  for (int64_t channel = 0; channel < f.channels; channel++, plane += f.height * f.width) {
    for (int64_t phase = 0; phase < f.phases_y * f.phases_x; phase++) {
      const int64_t y_offset = phase / f.phases_x - f.pad_top + f.first_row * f.stride_y;
      const int64_t x_offset = phase % f.phases_x - f.pad_left;
      const nn_span rows = nn_inside(y_offset, f.stride_y, f.height, f.rows);
      const nn_span columns = nn_inside(x_offset, f.stride_x, f.width, f.pitch);
      const size_t length = (size_t)(columns.end - columns.begin);
      FN(fill_run)(dst, 0, (size_t)(rows.begin * f.pitch));
      for (int64_t y = rows.begin; y < rows.end; y++) {
        real *row = dst + y * f.pitch;
        const real *source =
            plane + (y * f.stride_y + y_offset) * f.width + x_offset + columns.begin * f.stride_x;
        FN(clear_few)(row, columns.begin);
        if (f.stride_x == 1) {
          FN(copy_run)(row + columns.begin, source, length);
        } else {
          FN(copy_every)(row + columns.begin, source, length, f.stride_x);
        }
        FN(clear_few)(row + columns.end, f.pitch - columns.end);
      }
      FN(fill_run)(dst + rows.end * f.pitch, 0, (size_t)((f.rows - rows.end) * f.pitch));
      dst += f.rows * f.pitch;
    }
  }
  FN(fill_run)(dst, 0, (size_t)f.slack);
}

/* The inverse: writes elements `step` apart and leaves those between them unchanged. */
NN_INLINE void FN(spread)(real *target, const real *source, size_t count, int64_t step) {
  if (step != 2) {
    for (size_t x = 0; x < count; x++) target[(int64_t)x * step] = source[x];
    return;
  }
  for (size_t x = 0; x < count; x += WIDTH) {
    const size_t length = count - x < WIDTH ? count - x : WIDTH;
    vector even, odd;
    FN(load_pairs)(target + 2 * x, 2 * length - 1, &even, &odd);
    FN(store_pairs)(target + 2 * x, 2 * length - 1, FN(load_upto)(source + x, length, 0), odd);
  }
}

static void FN(unpad_image)(void *images, const void *source, const nn_grid *grid) {
  const nn_grid g = *grid;
  const real *src = source;
  real *plane = (real *)images + g.first_y * g.width + g.first_x;
  for (int64_t channel = 0; channel < g.channels; channel++) {
    for (int64_t y = 0; y < g.rows; y++) {
      real *row = plane + y * g.stride_y * g.width;
      if (g.stride_x == 1) {
        FN(copy_run)(row, src + y * g.pitch, (size_t)g.columns);
      } else {
        FN(spread)(row, src + y * g.pitch, (size_t)g.columns, g.stride_x);
      }
    }
    src += g.plane;
    plane += g.height * g.width;
  }
}
