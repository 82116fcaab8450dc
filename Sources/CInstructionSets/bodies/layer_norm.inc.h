/* Normalised rows, (x − mean)/√(variance + ε), times a weight, plus a bias, and their gradient. A
   row is read again while it is in the first-level cache.

   Rows whose variance or scale is not a normal number of the type are computed in double,
   multiplied by a power of two, `unit`, which scales the largest number to about 1. */

#ifndef NN_WIDE_NORM
#define NN_WIDE_NORM
/* (x·unit − centre)·factor is the normalised x. */
typedef struct nn_wide_norm {
  double unit, centre, factor;
} nn_wide_norm;
#endif

#if NN_REAL_BITS == 64
#define NORM_LEAST_VARIANCE 1e-280
#define NORM_GREATEST_VARIANCE 1e300
#define NORM_LEAST_SCALE 1e-290
#define NORM_GREATEST_SCALE 1e290
#else
#define NORM_LEAST_VARIANCE 1e-24
#define NORM_GREATEST_VARIANCE 3e38
#define NORM_LEAST_SCALE 1e-30f
#define NORM_GREATEST_SCALE 1e30f
#endif

static __attribute__((noinline)) nn_wide_norm FN(wide_norm)(
    const real *row, size_t length, double epsilon) {
  double greatest = 0;
  for (size_t i = 0; i < length; i++) {
    const double size = __builtin_fabs((double)row[i]);
    greatest = size > greatest ? size : greatest;
  }
  int exponent = 0;
  if (greatest < (double)INFINITY) frexp(greatest, &exponent);
  /* Neither `unit` nor its reciprocal may be denormal. */
  exponent = exponent > 1000 ? 1000 : exponent < -1000 ? -1000 : exponent;
  nn_wide_norm norm = {.unit = ldexp(1, -exponent)};
  double total = 0;
  for (size_t i = 0; i < length; i++) total += (double)row[i] * norm.unit;
  norm.centre = total / (double)length;
  total = 0;
  for (size_t i = 0; i < length; i++) {
    const double distance = (double)row[i] * norm.unit - norm.centre;
    total += distance * distance;
  }
  double added = epsilon * norm.unit * norm.unit;
  /* So small that its only effect is to avoid 0/0 for equal numbers. */
  if (epsilon > 0 && added < 0x1p-1022) added = 0x1p-1022;
  norm.factor = 1 / __builtin_sqrt(total / (double)length + added);
  return norm;
}

static void FN(layer_norm)(
    const nn_layer_norm *norm, void *output, void *mean, void *scale, size_t begin, size_t end) {
  const size_t length = norm->length;
  const real *weight = norm->weight, *bias = norm->bias;
  for (size_t r = begin; r < end; r++) {
    const real *row = (const real *)norm->input + r * length;
    real *target = (real *)output + r * length;
    const double count = (double)length;
    const real centre = (real)(FN(row_total)(row, length) / count);
    const double variance =
        FN(squared_distance)(row, centre, length) / count + norm->epsilon;
    if (!(variance >= NORM_LEAST_VARIANCE && variance <= NORM_GREATEST_VARIANCE)) {
      const nn_wide_norm wide = FN(wide_norm)(row, length, norm->epsilon);
      ((real *)mean)[r] = (real)(wide.centre / wide.unit);
      ((real *)scale)[r] = (real)(wide.factor * wide.unit);
      for (size_t i = 0; i < length; i++) {
        real x = (real)(((double)row[i] * wide.unit - wide.centre) * wide.factor);
        if (weight != NULL) x *= weight[i];
        if (bias != NULL) x += bias[i];
        target[i] = x;
      }
      continue;
    }
    const real factor = (real)(1 / __builtin_sqrt(variance));
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
NN_INLINE vector FN(norm_grad)(const real *cotangent, const real *weight, size_t i, size_t rest) {
  const vector grad = FN(load_upto)(cotangent + i, rest, 0);
  return weight != NULL ? grad * FN(load_upto)(weight + i, rest, 0) : grad;
}

/* The gradient of one row in double. */
static __attribute__((noinline)) void FN(wide_norm_gradient)(
    const nn_layer_norm *norm, const real *row, const real *cotangent, real *target,
    real *d_weight, real *d_bias) {
  const size_t length = norm->length;
  const real *weight = norm->weight;
  const nn_wide_norm wide = FN(wide_norm)(row, length, norm->epsilon);
  double grads = 0, tilts = 0;
  for (size_t i = 0; i < length; i++) {
    const double x = ((double)row[i] * wide.unit - wide.centre) * wide.factor;
    const double given = (double)cotangent[i];
    const double grad = weight != NULL ? given * (double)weight[i] : given;
    grads += grad;
    tilts += grad * x;
    if (d_weight != NULL) d_weight[i] += (real)(given * x);
    if (d_bias != NULL) d_bias[i] += cotangent[i];
  }
  grads /= (double)length;
  tilts /= (double)length;
  for (size_t i = 0; i < length; i++) {
    const double x = ((double)row[i] * wide.unit - wide.centre) * wide.factor;
    const double given = (double)cotangent[i];
    const double grad = weight != NULL ? given * (double)weight[i] : given;
    target[i] = (real)((grad - grads - x * tilts) * wide.factor * wide.unit);
  }
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
    if (!(factor >= NORM_LEAST_SCALE && factor <= NORM_GREATEST_SCALE)) {
      FN(wide_norm_gradient)(norm, row, cotangent, target, d_weight, d_bias);
      continue;
    }
    double grads = 0, tilts = 0;
    for (size_t first = 0; first < length; first += NN_BLOCK) {
      const size_t last = length - first < NN_BLOCK ? length : first + NN_BLOCK;
      vector grad_sum = (vector)((real)0), tilt_sum = grad_sum;
      for (size_t i = first; i < last; i += WIDTH) {
        const size_t rest = last - i;
        const vector x = (FN(load_upto)(row + i, rest, centre) - centre) * factor;
        const vector grad = FN(norm_grad)(cotangent, weight, i, rest);
        grad_sum += grad;
        tilt_sum = FN(fma)(grad, x, tilt_sum);
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
      grads += (double)FN(fold)(grad_sum);
      tilts += (double)FN(fold)(tilt_sum);
    }
    const real grad_mean = (real)(grads / (double)length);
    const real tilt_mean = (real)(tilts / (double)length);
    for (size_t i = 0; i < length; i += WIDTH) {
      const size_t rest = length - i;
      const vector x = (FN(load_upto)(row + i, rest, centre) - centre) * factor;
      const vector grad = FN(norm_grad)(cotangent, weight, i, rest);
      FN(store_upto)(target + i, (grad - grad_mean - x * tilt_mean) * factor, rest);
    }
  }
}
#undef NORM_LEAST_VARIANCE
#undef NORM_GREATEST_VARIANCE
#undef NORM_LEAST_SCALE
#undef NORM_GREATEST_SCALE
