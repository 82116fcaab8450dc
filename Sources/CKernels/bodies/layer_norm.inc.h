/* Normalised rows, (x − mean)/√(variance + ε), times a weight, plus a bias, and their gradient. A row
   is read again while it is in the first-level cache. */

static void FN(layer_norm)(
    const nn_layer_norm *norm, void *output, void *mean, void *scale, size_t begin, size_t end) {
  const size_t length = norm->length;
  const real *weight = norm->weight, *bias = norm->bias;
  for (size_t r = begin; r < end; r++) {
    const real *row = (const real *)norm->input + r * length;
    real *target = (real *)output + r * length;
    const double count = (double)length;
    const real centre = (real)(FN(fold_row)(NN_SUM, row, NULL, length) / count);
    const double variance = FN(squared_distance)(row, centre, length) / count;
    const real factor = (real)(1 / __builtin_sqrt(variance + norm->epsilon));
    ((real *)mean)[r] = centre;
    ((real *)scale)[r] = factor;
    for (size_t i = 0; i < length; i += WIDTH) {
      const size_t rest = length - i;
      vector x = (FN(load_upto)(row + i, rest, 0) - centre) * factor;
      if (weight != NULL) x *= FN(load_upto)(weight + i, rest, 0);
      if (bias != NULL) x += FN(load_upto)(bias + i, rest, 0);
      FN(store_upto)(target + i, x, rest);
    }
  }
}

/* The cotangent of a normalised row, times the weight. */
NN_INLINE vector FN(norm_slope)(const real *cotangent, const real *weight, size_t i, size_t rest) {
  const vector slope = FN(load_upto)(cotangent + i, rest, 0);
  return weight != NULL ? slope * FN(load_upto)(weight + i, rest, 0) : slope;
}

static void FN(layer_norm_gradient)(
    const nn_layer_norm *norm, const nn_layer_norm_gradient *gradient, size_t begin, size_t end) {
  const size_t length = norm->length;
  const real *weight = norm->weight;
  real *d_weight = gradient->weight, *d_bias = gradient->bias;
  if (d_weight != NULL) FN(fill_run)(d_weight, 0, length);
  if (d_bias != NULL) FN(fill_run)(d_bias, 0, length);
  for (size_t r = begin; r < end; r++) {
    const real *row = (const real *)norm->input + r * length;
    const real *cotangent = (const real *)gradient->cotangent + r * length;
    real *target = (real *)gradient->input + r * length;
    const real centre = ((const real *)gradient->mean)[r];
    const real factor = ((const real *)gradient->scale)[r];
    double slopes = 0, tilts = 0;
    for (size_t first = 0; first < length; first += NN_BLOCK) {
      const size_t last = length - first < NN_BLOCK ? length : first + NN_BLOCK;
      vector slope_sum = (vector)((real)0), tilt_sum = slope_sum;
      for (size_t i = first; i < last; i += WIDTH) {
        const size_t rest = last - i;
        const vector x = (FN(load_upto)(row + i, rest, centre) - centre) * factor;
        const vector slope = FN(norm_slope)(cotangent, weight, i, rest);
        slope_sum += slope;
        tilt_sum = FN(fma)(slope, x, tilt_sum);
        if (d_weight != NULL) {
          const vector given = FN(load_upto)(cotangent + i, rest, 0);
          FN(store_upto)(
              d_weight + i, FN(fma)(given, x, FN(load_upto)(d_weight + i, rest, 0)), rest);
        }
        if (d_bias != NULL) {
          const vector given = FN(load_upto)(cotangent + i, rest, 0);
          FN(store_upto)(d_bias + i, given + FN(load_upto)(d_bias + i, rest, 0), rest);
        }
      }
      slopes += (double)FN(fold)(slope_sum);
      tilts += (double)FN(fold)(tilt_sum);
    }
    const real slope_mean = (real)(slopes / (double)length);
    const real tilt_mean = (real)(tilts / (double)length);
    for (size_t i = 0; i < length; i += WIDTH) {
      const size_t rest = length - i;
      const vector x = (FN(load_upto)(row + i, rest, centre) - centre) * factor;
      const vector slope = FN(norm_slope)(cotangent, weight, i, rest);
      FN(store_upto)(target + i, (slope - slope_mean - x * tilt_mean) * factor, rest);
    }
  }
}
