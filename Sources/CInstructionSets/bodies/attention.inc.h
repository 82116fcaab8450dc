/* Scaled dot-product attention of one head, P = softmax(scale · Q Kᵀ + mask), O = P V, and its
   gradient.

   A block of queries is multiplied with all keys that any of its queries attends to, so the matrix
   Q Kᵀ is never in memory as a whole. Keys (and, for the gradient, values) are transposed once:
   then the lanes of a vector are keys. Rows that are read repeatedly are copied contiguously: heads
   are interleaved in memory, so the rows of one head would share few sets of the first-level
   cache. */

enum {
  /* The largest and smallest number of queries of a block, and the limit of its scores in bytes. */
  FN(most_queries) = 32,
  FN(fewest_queries) = 16,
  FN(block_bytes) = 1 << 17
};

/* The layout of the scratch memory. Rows of keys and values are `depth_pitch` and `value_pitch`
   apart, which are multiples of a vector. */
typedef struct FN(attention_scratch) {
  real *keys_turned, *values_turned;       /* [depth, keys] */
  real *keys, *values;                     /* [keys, depth] */
  real *key_gradient, *value_gradient;     /* [keys, depth] */
  real *queries, *cotangents;              /* [queries of a block, depth] */
  real *scores, *grads;                    /* [queries of a block, pitch] */
  size_t pitch, depth_pitch, value_pitch, block;
} FN(attention_scratch);

NN_INLINE size_t FN(query_block)(size_t pitch) {
  const size_t block = FN(block_bytes) / (pitch * sizeof(real)) / 8 * 8;
  return block > FN(most_queries)     ? FN(most_queries)
         : block < FN(fewest_queries) ? FN(fewest_queries)
                                      : block;
}

/* The number of elements of a block's scores; never smaller than for a smaller pitch. */
NN_INLINE size_t FN(score_count)(size_t pitch) {
  const size_t most = FN(most_queries) * pitch, fewest = FN(fewest_queries) * pitch;
  const size_t room = FN(block_bytes) / sizeof(real);
  return most < room ? most : fewest > room ? fewest : room;
}

/* Lays out the scratch memory from `start` on; returns its size in bytes, which is never smaller
   than for fewer keys. */
NN_INLINE size_t FN(attention_layout)(
    FN(attention_scratch) *layout, void *start, size_t keys, size_t depth, size_t value_depth,
    bool gradient) {
  size_t taken = 0;
#define TAKE(count) nn_take_slot(start, &taken, (count) * sizeof(real))
  layout->pitch = (keys + 15) / 16 * 16 + 16;
  layout->depth_pitch = (depth + 15) / 16 * 16;
  layout->value_pitch = (value_depth + 15) / 16 * 16;
  layout->block = FN(query_block)(layout->pitch);
  layout->scores = TAKE(FN(score_count)(layout->pitch));
  /* Whole vectors are read past the last row. */
  layout->keys_turned = TAKE(depth * keys + 16);
  layout->values = TAKE(keys * layout->value_pitch);
  if (!gradient) return taken;
  layout->grads = TAKE(FN(score_count)(layout->pitch));
  layout->values_turned = TAKE(value_depth * keys + 16);
  layout->keys = TAKE(keys * layout->depth_pitch);
  layout->key_gradient = TAKE(keys * layout->depth_pitch);
  layout->value_gradient = TAKE(keys * layout->value_pitch);
  layout->queries = TAKE(FN(most_queries) * layout->depth_pitch);
  layout->cotangents = TAKE(FN(most_queries) * layout->value_pitch);
#undef TAKE
  return taken;
}

/* Transposes rows `stride` apart to [depth, count]. */
NN_INLINE void FN(turn_rows)(
    real *turned, const void *rows, size_t stride, size_t count, size_t depth) {
  const int64_t extents[2] = {(int64_t)depth, (int64_t)count};
  const ptrdiff_t strides[2] = {1, (ptrdiff_t)stride};
  FN(copy_strided)(turned, rows, 2, extents, strides, 0, depth * count);
}

/* Copies rows of `depth` elements. */
NN_INLINE void FN(copy_rows)(
    void *target, size_t target_stride, const void *source, size_t source_stride, size_t count,
    size_t depth) {
  for (size_t k = 0; k < count; k++) {
    FN(copy_run)(
        (real *)target + k * target_stride, (const real *)source + k * source_stride, depth);
  }
}

/* The number of keys that the queries before `end` attend to. */
NN_INLINE size_t FN(keys_seen)(const nn_attention *head, size_t end) {
  return head->causal && head->first + end < head->keys ? head->first + end : head->keys;
}

/* Scales and masks scores; fills up the last vector with −∞. */
NN_INLINE void FN(scale_scores)(
    real *row, size_t count, const nn_attention *head, const real *mask) {
  const vector scale = (vector)((real)head->scale);
  for (size_t i = 0; i < count; i += WIDTH) {
    vector x = FN(load)(row + i) * scale;
    if (mask != NULL) x += FN(load_upto)(mask + i, count - i, 0);
    FN(store)(row + i, x);
  }
  for (size_t i = count; i % WIDTH != 0; i++) row[i] = -(real)INFINITY;
}

NN_INLINE const real *FN(mask_row)(const nn_attention *head, size_t query) {
  return head->mask == NULL ? NULL : (const real *)head->mask + query * head->mask_stride;
}

/* The largest lane of a vector, by pairwise maxima. */
NN_INLINE real FN(greatest)(vector x) {
#if NN_VECTOR_BYTES == 64
  const FN(half_vector) half = COMBINE(NN_MAX, x.lo, x.hi);
#elif NN_VECTOR_BYTES == 32
  const vector half = x;
#endif
#if NN_VECTOR_BYTES >= 32 && NN_REAL_BITS == 32
  const FN(quarter_vector) quarter = COMBINE(NN_MAX, half.lo, half.hi);
  const FN(pair) two = COMBINE(NN_MAX, quarter.lo, quarter.hi);
  return COMBINE(NN_MAX, two.x, two.y);
#elif NN_VECTOR_BYTES >= 32
  const FN(pair) two = COMBINE(NN_MAX, half.lo, half.hi);
  return COMBINE(NN_MAX, two.x, two.y);
#else
  real lanes[WIDTH];
  FN(store)(lanes, x);
  real most = lanes[0];
  for (int k = 1; k < WIDTH; k++) most = COMBINE(NN_MAX, lanes[k], most);
  return most;
#endif
}

/* exp(score − maximum) of one query, with zeros up to `width`; returns their sum. */
NN_INLINE real FN(attention_row)(
    real *row, size_t count, size_t width, const nn_attention *head, const real *mask,
    real *maximum) {
  FN(scale_scores)(row, count, head, mask);
  vector top = (vector)(-(real)INFINITY);
  for (size_t i = 0; i < count; i += WIDTH) top = FN(maximum)(FN(load)(row + i), top);
  const real most = FN(greatest)(top);
  *maximum = most;
  const size_t end = (count + WIDTH - 1) / WIDTH * WIDTH;
  if (most == -(real)INFINITY) {
    FN(fill_run)(row, 0, end > width ? end : width);
    return 0;
  }
  vector sum = (vector)((real)0);
  for (size_t i = 0; i < end; i += WIDTH) {
    const vector term = FN(exp)(FN(load)(row + i) - most);
    sum += term;
    FN(store)(row + i, term);
  }
  if (width > end) FN(fill_run)(row + end, 0, width - end);
  return FN(fold)(sum);
}

static void FN(attention)(
    const nn_attention *head, void *output, size_t output_stride, void *log_sums, size_t begin,
    size_t end, void *scratch) {
  const size_t keys = FN(keys_seen)(head, end);
  FN(attention_scratch) s;
  FN(attention_layout)(&s, scratch, keys, head->depth, head->value_depth, false);
  /* Copying keys and values costs as much as a few queries. */
  const bool orders = end - begin >= 4;
  const nn_right_matrix keys_turned = {s.keys_turned, keys, true};
  const nn_right_matrix values = {
      orders ? s.values : head->value, orders ? s.value_pitch : head->value_stride, orders};
  if (orders) {
    FN(turn_rows)(s.keys_turned, head->key, head->key_stride, keys, head->depth);
    FN(copy_rows)(
        s.values, s.value_pitch, head->value, head->value_stride, keys, head->value_depth);
  }
  real totals[FN(most_queries)], maxima[FN(most_queries)];
  for (size_t r = 0; r < FN(most_queries); r++) totals[r] = maxima[r] = 0;
  for (size_t q = begin; q < end; q += s.block) {
    const size_t rows = end - q < s.block ? end - q : s.block;
    const size_t seen = FN(keys_seen)(head, q + rows);
    const nn_left_matrix queries = {
        (const real *)head->query + q * head->query_stride, head->query_stride, 1};
    if (orders) {
      FN(product)(s.scores, s.pitch, &queries, &keys_turned, rows, seen, head->depth, false);
    } else {
      FN(product_transposed)(
          s.scores, s.pitch, queries.address, head->query_stride, head->key, head->key_stride,
          rows, seen, head->depth);
    }
    for (size_t r = 0; r < rows; r++) {
      totals[r] = FN(attention_row)(
          s.scores + r * s.pitch, FN(keys_seen)(head, q + r + 1), seen, head,
          FN(mask_row)(head, q + r), maxima + r);
    }
    for (size_t r = 0; log_sums != NULL && r < rows; r += WIDTH) {
      const vector sums = FN(load)(maxima + r) + FN(log)(FN(load)(totals + r));
      FN(store_upto)((real *)log_sums + q + r, sums, rows - r);
    }
    real *target = (real *)output + q * output_stride;
    const nn_left_matrix weights = {s.scores, s.pitch, 1};
    FN(product)(target, output_stride, &weights, &values, rows, head->value_depth, seen, false);
    for (size_t r = 0; r < rows; r++, target += output_stride) {
      const real share = totals[r] == 0 ? 0 : 1 / totals[r];
      for (size_t i = 0; i < head->value_depth; i += WIDTH) {
        const size_t count = head->value_depth - i;
        FN(store_upto)(
            target + i, FN(load_upto)(target + i, count, 0) * share, count);
      }
    }
  }
}

/* Computes the weights P from scores, and the gradient of the scores from that of the weights. */
NN_INLINE void FN(attention_gradient_row)(
    real *weights, real *grads, size_t count, size_t width, const nn_attention *head,
    const real *mask, real log_sum, real mean_grad) {
  FN(scale_scores)(weights, count, head, mask);
  const size_t end = (count + WIDTH - 1) / WIDTH * WIDTH;
  const vector scale = (vector)((real)head->scale);
  const bool sees = log_sum != -(real)INFINITY;
  for (size_t i = 0; sees && i < end; i += WIDTH) {
    const vector weight = FN(exp)(FN(load)(weights + i) - log_sum);
    FN(store)(weights + i, weight);
    /* Lanes past the last key are uninitialized. */
    const vector grad = FN(load_upto)(grads + i, count - i, 0);
    FN(store)(grads + i, weight * (grad - mean_grad) * scale);
  }
  const size_t first = sees ? end : 0;
  if (width > first) {
    FN(fill_run)(weights + first, 0, width - first);
    FN(fill_run)(grads + first, 0, width - first);
  }
}

/* Writes the gradient of `count` rows and zeros for those up to `all`. */
NN_INLINE void FN(put_gradient)(
    void *target, size_t stride, const real *source, size_t pitch, size_t count, size_t all,
    size_t depth) {
  FN(copy_rows)(target, stride, source, pitch, count, depth);
  for (size_t k = count; k < all; k++) FN(fill_run)((real *)target + k * stride, 0, depth);
}

static void FN(attention_gradient)(
    const nn_attention *head, const nn_attention_gradient *gradient, void *scratch) {
  const size_t keys = FN(keys_seen)(head, gradient->queries);
  const size_t depth = head->depth, value_depth = head->value_depth;
  const size_t stride = gradient->output_stride;
  FN(attention_scratch) s;
  FN(attention_layout)(&s, scratch, keys, depth, value_depth, true);
  FN(turn_rows)(s.keys_turned, head->key, head->key_stride, keys, depth);
  FN(turn_rows)(s.values_turned, head->value, head->value_stride, keys, value_depth);
  FN(copy_rows)(s.keys, s.depth_pitch, head->key, head->key_stride, keys, depth);
  FN(fill_run)(s.key_gradient, 0, keys * s.depth_pitch);
  FN(fill_run)(s.value_gradient, 0, keys * s.value_pitch);
  const nn_right_matrix keys_turned = {s.keys_turned, keys, true};
  const nn_right_matrix values_turned = {s.values_turned, keys, true};
  const nn_right_matrix key_rows = {s.keys, s.depth_pitch, true};
  const nn_right_matrix query_rows = {s.queries, s.depth_pitch, true};
  const nn_right_matrix cotangent_rows = {s.cotangents, s.value_pitch, true};
  for (size_t q = 0; q < gradient->queries; q += s.block) {
    const size_t rows = gradient->queries - q < s.block ? gradient->queries - q : s.block;
    const size_t seen = FN(keys_seen)(head, q + rows);
    const real *output = (const real *)gradient->output + q * stride;
    const real *cotangent = (const real *)gradient->cotangent + q * stride;
    FN(copy_rows)(
        s.queries, s.depth_pitch, (const real *)head->query + q * head->query_stride,
        head->query_stride, rows, depth);
    FN(copy_rows)(s.cotangents, s.value_pitch, cotangent, stride, rows, value_depth);
    const nn_left_matrix queries = {s.queries, s.depth_pitch, 1};
    const nn_left_matrix cotangents = {s.cotangents, s.value_pitch, 1};
    FN(product)(s.scores, s.pitch, &queries, &keys_turned, rows, seen, depth, false);
    FN(product)(s.grads, s.pitch, &cotangents, &values_turned, rows, seen, value_depth, false);
    for (size_t r = 0; r < rows; r++) {
      const real mean =
          (real)FN(row_dot)(cotangent + r * stride, output + r * stride, value_depth);
      FN(attention_gradient_row)(
          s.scores + r * s.pitch, s.grads + r * s.pitch, FN(keys_seen)(head, q + r + 1), seen,
          head, FN(mask_row)(head, q + r), ((const real *)gradient->log_sums)[q + r], mean);
    }
    const nn_left_matrix grads = {s.grads, s.pitch, 1};
    const nn_left_matrix grads_turned = {s.grads, 1, s.pitch};
    const nn_left_matrix weights_turned = {s.scores, 1, s.pitch};
    FN(product)(
        (real *)gradient->query + q * head->query_stride, head->query_stride, &grads, &key_rows,
        rows, depth, seen, false);
    FN(product)(
        s.key_gradient, s.depth_pitch, &grads_turned, &query_rows, seen, depth, rows, true);
    FN(product)(
        s.value_gradient, s.value_pitch, &weights_turned, &cotangent_rows, seen, value_depth, rows,
        true);
  }
  FN(put_gradient)(
      gradient->key, head->key_stride, s.key_gradient, s.depth_pitch, keys, gradient->all_keys,
      depth);
  FN(put_gradient)(
      gradient->value, head->value_stride, s.value_gradient, s.value_pitch, keys,
      gradient->all_keys, value_depth);
}

static size_t FN(attention_scratch_bytes)(
    size_t keys, size_t depth, size_t value_depth, bool gradient) {
  FN(attention_scratch) layout;
  return FN(attention_layout)(&layout, NULL, keys, depth, value_depth, gradient);
}
