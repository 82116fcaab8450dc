/* Images to padded inputs with channels last, and back: the lanes of a vector are channels there.
   Copied in tiles of 8 channels and 8 positions, which may span several rows; if fewer channels are
   left, the last tile overlaps the one before, and the last positions are copied one by one. */

/* The rows of the image in the padded input. */
NN_INLINE nn_span FN(last_rows)(const nn_channels_last *f) {
  const int64_t begin = nn_greatest(f->first_y, 0);
  return (nn_span){begin, nn_greatest(begin, nn_least(f->first_y + f->rows, f->height))};
}

/* Eight channels of eight adjacent positions, in either direction. */
NN_INLINE void FN(move_tile)(
    real *const *at, int64_t channel, real *source, int64_t plane, const bool to_padded) {
  real *inner[8], *outer[8];
#pragma clang loop unroll(full)
  for (int k = 0; k < 8; k++) {
    inner[k] = at[k] + channel;
    outer[k] = source + k * plane;
  }
  if (to_padded) FN(transpose_eight)(inner, outer);
  else FN(transpose_eight)(outer, inner);
}

/* Copies every position of the image that is in the padded input; `to_padded` is the direction. */
NN_INLINE void FN(move_positions)(
    real *padded, real *images, const nn_channels_last *f, const bool to_padded) {
  const nn_span rows = FN(last_rows)(f);
  const int64_t plane = f->height * f->width, gap = (f->columns - f->width) * f->pitch;
  real *source = images + rows.begin * f->width;
  real *next = padded + ((rows.begin - f->first_y) * f->columns - f->first_x) * f->pitch;
  int64_t x = 0, count = (rows.end - rows.begin) * f->width;
  /* Two tiles at once fill whole cache lines of the planes, of which the cache may hold few. */
  while (count > 0) {
    real *at[16];
    const int64_t positions = f->channels < 8 ? 1 : count < 8 ? 1 : count < 16 ? 8 : 16;
    for (int64_t k = 0; k < positions; k++) {
      at[k] = next;
      next += f->pitch;
      if (++x == f->width) {
        x = 0;
        next += gap;
      }
    }
    for (int64_t first = 0; first < f->channels; first += 8) {
      const int64_t channel = nn_least(first, f->channels - 8);
      for (int64_t tile = 0; tile < positions / 8; tile++) {
        FN(move_tile)(
            at + 8 * tile, channel, source + channel * plane + 8 * tile, plane, to_padded);
      }
    }
    for (int64_t channel = 0; positions == 1 && channel < f->channels; channel++) {
      if (to_padded) at[0][channel] = source[channel * plane];
      else source[channel * plane] = at[0][channel];
    }
    source += positions;
    count -= positions;
  }
}

static void FN(pad_channels_last)(void *target, const void *images, const nn_channels_last *f) {
  real *padded = target;
  const nn_span rows = FN(last_rows)(f);
  const int64_t row = f->columns * f->pitch;
  const int64_t left = -f->first_x * f->pitch, right = left + f->width * f->pitch;
  FN(fill_run)(padded, 0, (size_t)((rows.begin - f->first_y) * row));
  for (int64_t y = rows.begin - f->first_y; y < rows.end - f->first_y; y++) {
    FN(fill_run)(padded + y * row, 0, (size_t)left);
    FN(fill_run)(padded + y * row + right, 0, (size_t)(row - right));
    if (f->pitch == f->channels) continue;
    for (int64_t x = left; x < right; x += f->pitch) {
      FN(fill_run)(padded + y * row + x + f->channels, 0, (size_t)(f->pitch - f->channels));
    }
  }
  const int64_t below = rows.end - f->first_y;
  FN(fill_run)(padded + below * row, 0, (size_t)((f->rows - below) * row));
  FN(move_positions)(padded, (real *)images, f, true);
}

static void FN(unpad_channels_last)(
    void *images, const void *padded, const nn_channels_last *f) {
  FN(move_positions)((real *)padded, images, f, false);
}
