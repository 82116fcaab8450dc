/* Reductions of one contiguous row to one number, in the same order for all instruction sets:
   blocks of NN_BLOCK elements are added to 64 running lanes of the working type, lanes are added
   pairwise in double, blocks in double. */

enum {
  FN(lane_count) = 16,
  FN(lane_parts) = 16 / WIDTH,
};

/* Sixteen reals, in one or more registers. */
typedef struct FN(lanes_type) {
  vector part[FN(lane_parts)];
} FN(lanes_type);
#define lanes FN(lanes_type)

typedef real FN(eight_reals) __attribute__((ext_vector_type(8)));
#ifndef NN_DOUBLES
#define NN_DOUBLES
typedef double nn_doubles8 __attribute__((ext_vector_type(8)));
typedef double nn_doubles4 __attribute__((ext_vector_type(4)));
typedef double nn_doubles2 __attribute__((ext_vector_type(2)));

/* Works on vectors and on numbers; `kind` is a constant where speed matters. */
#define COMBINE(kind, a, b)                                            \
  ((kind) == NN_SUM       ? (a) + (b)                                  \
   : (kind) == NN_PRODUCT ? (a) * (b)                                  \
   : (kind) == NN_MAX     ? ((((a) > (b)) | ((a) != (a))) ? (a) : (b)) \
                          : ((((a) < (b)) | ((a) != (a))) ? (a) : (b)))

NN_INLINE double nn_neutral(nn_reduction kind) {
  switch (kind) {
    case NN_SUM: return 0;
    case NN_PRODUCT: return 1;
    case NN_MAX: return -INFINITY;
    case NN_MIN: return INFINITY;
  }
  return 0;
}

NN_INLINE double nn_combine(nn_reduction kind, double a, double b) {
  return COMBINE(kind, a, b);
}
#endif

NN_INLINE lanes FN(lanes_filled)(real value) {
  lanes filled;
  for (int p = 0; p < FN(lane_parts); p++) filled.part[p] = (vector)(value);
  return filled;
}

/* The first `count` ≤ 16 elements; the others are `fill`. */
NN_INLINE lanes FN(load_lanes)(const real *source, size_t count, real fill) {
  lanes loaded;
#pragma clang loop unroll(full)
  for (int p = 0; p < FN(lane_parts); p++) {
    const size_t first = (size_t)p * WIDTH;
    loaded.part[p] = count >= first + WIDTH ? FN(load)(source + first)
                     : count > first ? FN(load_part)(source + first, count - first, fill)
                                     : (vector)(fill);
  }
  return loaded;
}

/* Writes the first `count` ≤ 16 elements. */
NN_INLINE void FN(store_lanes)(real *target, lanes values, size_t count) {
#pragma clang loop unroll(full)
  for (int p = 0; p < FN(lane_parts); p++) {
    const size_t first = (size_t)p * WIDTH;
    if (count >= first + WIDTH) {
      FN(store)(target + first, values.part[p]);
    } else if (count > first) {
      FN(store_part)(target + first, values.part[p], count - first);
    }
  }
}

NN_INLINE lanes FN(combine_lanes)(nn_reduction kind, lanes a, lanes b) {
#pragma clang loop unroll(full)
  for (int p = 0; p < FN(lane_parts); p++) a.part[p] = COMBINE(kind, a.part[p], b.part[p]);
  return a;
}

NN_INLINE double FN(fold_lanes)(nn_reduction kind, lanes a) {
  real values[16];
  memcpy(values, &a, sizeof values);
  FN(eight_reals) low, high;
  memcpy(&low, values, sizeof low);
  memcpy(&high, values + 8, sizeof high);
  const nn_doubles8 x = __builtin_convertvector(low, nn_doubles8);
  const nn_doubles8 y = __builtin_convertvector(high, nn_doubles8);
  const nn_doubles8 eight = COMBINE(kind, x, y);
  const nn_doubles4 four = COMBINE(kind, eight.lo, eight.hi);
  const nn_doubles2 two = COMBINE(kind, four.lo, four.hi);
  return nn_combine(kind, two.x, two.y);
}

/* Reduces up to NN_BLOCK elements: of `a`, or of the products with `b` if b is not NULL. */
NN_INLINE double FN(fold_block)(nn_reduction kind, const real *a, const real *b, size_t count) {
  const real fill = (real)nn_neutral(kind);
  lanes running[4];
#pragma clang loop unroll(full)
  for (int g = 0; g < 4; g++) running[g] = FN(lanes_filled)(fill);
#define FOLD_STEP(g, offset, length)                                                      \
  {                                                                                       \
    lanes step = FN(load_lanes)(a + (offset), length, fill);                              \
    if (b != NULL) {                                                                      \
      const lanes factor = FN(load_lanes)(b + (offset), length, 0);                       \
      for (int p = 0; p < FN(lane_parts); p++) {                                          \
        running[g].part[p] = FN(fma)(step.part[p], factor.part[p], running[g].part[p]);   \
      }                                                                                   \
    } else {                                                                              \
      running[g] = FN(combine_lanes)(kind, running[g], step);                             \
    }                                                                                     \
  }
  size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    FOLD_STEP(0, i, 16) FOLD_STEP(1, i + 16, 16) FOLD_STEP(2, i + 32, 16)
    FOLD_STEP(3, i + 48, 16)
  }
  const size_t left = count - i;
  if (left > 0) FOLD_STEP(0, i, left < 16 ? left : 16)
  if (left > 16) FOLD_STEP(1, i + 16, left < 32 ? left - 16 : 16)
  if (left > 32) FOLD_STEP(2, i + 32, left < 48 ? left - 32 : 16)
  if (left > 48) FOLD_STEP(3, i + 48, left - 48)
#undef FOLD_STEP
  if (count <= 16) return FN(fold_lanes)(kind, running[0]);
  return FN(fold_lanes)(
      kind, FN(combine_lanes)(
                kind, FN(combine_lanes)(kind, running[0], running[1]),
                FN(combine_lanes)(kind, running[2], running[3])));
}

NN_INLINE double FN(fold_row)(nn_reduction kind, const real *a, const real *b, size_t count) {
  if (count <= NN_BLOCK) return FN(fold_block)(kind, a, b, count);
  double total = nn_neutral(kind);
  for (size_t i = 0; i < count; i += NN_BLOCK) {
    const size_t length = count - i < NN_BLOCK ? count - i : NN_BLOCK;
    total = nn_combine(kind, total, FN(fold_block)(kind, a + i, b == NULL ? b : b + i, length));
  }
  return total;
}

static double FN(row_sum)(const void *row, size_t count) {
  return FN(fold_row)(NN_SUM, row, NULL, count);
}
static double FN(row_max)(const void *row, size_t count) {
  return FN(fold_row)(NN_MAX, row, NULL, count);
}
static double FN(row_min)(const void *row, size_t count) {
  return FN(fold_row)(NN_MIN, row, NULL, count);
}
static double FN(row_product)(const void *row, size_t count) {
  return FN(fold_row)(NN_PRODUCT, row, NULL, count);
}
static double FN(row_dot)(const void *a, const void *b, size_t count) {
  return FN(fold_row)(NN_SUM, a, b, count);
}

static double FN(row_fold)(nn_reduction kind, const real *row, size_t count) {
  switch (kind) {
    case NN_SUM: return FN(row_sum)(row, count);
    case NN_MAX: return FN(row_max)(row, count);
    case NN_MIN: return FN(row_min)(row, count);
    case NN_PRODUCT: return FN(row_product)(row, count);
  }
  return 0;
}
