/* Matrix products (GEMM), also with implicit matrices: in `product_overlapping` row k of the right
   side begins at offsets[k], so rows may overlap, like the shifted views of an image in a
   convolution.

   The result is computed in register tiles. In `product` the lanes of a vector run along the
   result's rows; in `product_transposed` along the sum. In `product_shifted` the left side has the
   overlapping rows. */

typedef real FN(pair) __attribute__((ext_vector_type(2)));
#if NN_VECTOR_BYTES >= 32 && NN_REAL_BITS == 32
typedef real FN(half_vector) __attribute__((ext_vector_type(8)));
typedef real FN(quarter_vector) __attribute__((ext_vector_type(4)));
#elif NN_VECTOR_BYTES >= 32
typedef real FN(half_vector) __attribute__((ext_vector_type(4)));
#endif

/* The size of a register tile: enough independent sums to hide the latency of a multiply–add, with
   registers left for the operands. */
#if NN_VECTOR_BYTES == 64 || defined(__aarch64__)
enum { FN(tile_rows) = 8, FN(tile_vectors) = 3, FN(dot_columns) = 6 };
#else
enum { FN(tile_rows) = 6, FN(tile_vectors) = 2, FN(dot_columns) = 3 };
#endif
enum {
  FN(dot_rows) = 4,
  /* The vectors of a tile of one row, which has as many independent sums as larger tiles. */
  FN(row_vectors) = 8,
  /* Terms of overlapping rows that are summed before the next rows of the left side: they stay in
     the second-level cache during the loop over columns. */
  FN(product_terms) = 512,
  /* Terms of matrices that are summed before the next block: three vectors of columns of that many
     rows stay in the first-level cache during the loop over the rows of the left side. */
  FN(block_terms) = 128,
  /* A transposed left side is copied so that a tile's rows are contiguous, 64 KiB at a time, if its
     rows are many and far apart. */
  FN(turned_bytes) = 512,
  FN(turned_terms) = 64,
  FN(turned_rows) = FN(tile_rows) * (NN_REAL_BITS == 32 ? 16 : 8),
  /* The distance from which rows of the right side are copied, and the number of rows of the left
     side from which that pays off: few rows with such a distance fit into the first-level cache,
     since they map to the same sets. */
  FN(far_bytes) = 4096,
  FN(many_rows) = 64
};

/* A vector of columns: its position in the result and after each offset of the right side, and its
   number of elements. */
typedef struct FN(part) {
  size_t target, position, count;
} FN(part);

NN_INLINE vector FN(load_columns)(
    const real *source, nn_reading reading, size_t count, size_t pitch) {
#if NN_VECTOR_BYTES == 64
  if (reading == NN_HALVES) {
    FN(half_vector) low, high;
    memcpy(&low, source, sizeof low);
    memcpy(&high, source + pitch, sizeof high);
#if NN_REAL_BITS == 32
    return __builtin_shufflevector(
        low, high, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
#else
    return __builtin_shufflevector(low, high, 0, 1, 2, 3, 4, 5, 6, 7);
#endif
  }
#endif
  (void)pitch;
  return reading == NN_PARTLY ? FN(load_part)(source, count, 0) : FN(load)(source);
}

/* One tile: rows × vectors sums over `terms`. Rows of the right side are at `offsets`, or
   `b_stride` apart if that is NULL: looking up offsets costs a tenth. */
NN_INLINE void FN(product_tile)(
    const int rows, const int vectors, const nn_reading reading, const size_t pitch, real *c,
    size_t c_stride, const real *a, size_t a_row, size_t a_column, const real *b, size_t b_stride,
    const FN(part) *parts, const int32_t *offsets, size_t terms, bool accumulate) {
  vector sum[8][FN(row_vectors)];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[r][v] = (vector)(0);
  }
  for (size_t k = 0; k < terms; k++) {
    const real *source = offsets != NULL ? b + offsets[k] : b + k * b_stride;
    vector right[FN(row_vectors)];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      /* Only the last vector may be partial. */
      const nn_reading way = reading == NN_PARTLY && v + 1 < vectors ? NN_WHOLE : reading;
      right[v] = FN(load_columns)(source + parts[v].position, way, parts[v].count, pitch);
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      const vector left = (vector)(a[(size_t)r * a_row + k * a_column]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sum[r][v] = FN(fma)(left, right[v], sum[r][v]);
    }
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    real *target = c + parts[v].target;
    const size_t count = parts[v].count;
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++, target += c_stride) {
      if (accumulate) sum[r][v] += FN(load_upto)(target, count, 0);
      FN(store_upto)(target, sum[r][v], count);
    }
  }
}

#define PRODUCT_ARGUMENTS \
  c, c_stride, a, a_row, a_column, b, b_stride, parts, offsets, terms, accumulate

/* A column of tiles: all rows, a few vectors. Left sides of whole tiles are `a_tile` apart. */
NN_INLINE void FN(product_column)(
    const int vectors, const nn_reading reading, const size_t pitch, real *c, size_t c_stride,
    const real *a, size_t a_tile, size_t a_row, size_t a_column, const real *b, size_t b_stride,
    const FN(part) *parts, const int32_t *offsets, size_t rows, size_t terms, bool accumulate) {
  while (rows >= FN(tile_rows)) {
    FN(product_tile)(FN(tile_rows), vectors, reading, pitch, PRODUCT_ARGUMENTS);
    a += a_tile;
    c += FN(tile_rows) * c_stride;
    rows -= FN(tile_rows);
  }
#define PRODUCT_REST(part)                                              \
  if (part < FN(tile_rows) && (rows & part) != 0) {                     \
    FN(product_tile)(part, vectors, reading, pitch, PRODUCT_ARGUMENTS); \
    a += part * a_row;                                                  \
    c += part * c_stride;                                               \
  }
  PRODUCT_REST(4) PRODUCT_REST(2) PRODUCT_REST(1)
#undef PRODUCT_REST
}
#undef PRODUCT_ARGUMENTS

static void FN(product_overlapping)(
    void *result, size_t c_stride, const nn_left_matrix *left, const void *right,
    const int32_t *offsets, size_t rows, const nn_columns *columns, size_t terms,
    bool accumulate) {
  const size_t pitch = columns->pitch;
  const bool halves = NN_VECTOR_BYTES == 64 && columns->length * 2 == WIDTH &&
                      columns->rows % 2 == 0 && columns->has_room;
  const size_t row_length = halves ? WIDTH : columns->length;
  const size_t row_pitch = halves ? 2 * pitch : pitch;
  const size_t vectors_per_row = (row_length + WIDTH - 1) / WIDTH;
  const size_t vectors = (halves ? columns->rows / 2 : columns->rows) * vectors_per_row;
  for (size_t k = 0; k == 0 || k < terms; k += FN(product_terms)) {
    const size_t length = terms - k < FN(product_terms) ? terms - k : FN(product_terms);
    const real *a = (const real *)left->address + k * left->column_stride;
    const bool adds = accumulate || k > 0;
    for (size_t j = 0; j < vectors;) {
      FN(part) parts[FN(row_vectors)];
      size_t count = 0;
      const bool wide = rows == 1 && columns->has_room && !halves && vectors - j >= FN(row_vectors);
      const size_t most = wide ? FN(row_vectors) : FN(tile_vectors);
      for (; count < most && j + count < vectors; count++) {
        const size_t row = (j + count) / vectors_per_row;
        const size_t column = (j + count) % vectors_per_row * WIDTH;
        const size_t elements = row_length - column < WIDTH ? row_length - column : WIDTH;
        if (elements < WIDTH && !columns->has_room && count > 0) break;
        parts[count] =
            (FN(part)){row * row_length + column, row * row_pitch + column, elements};
      }
#define PRODUCT_COLUMN(vectors, reading)                                           \
  FN(product_column)(                                                              \
      vectors, reading, pitch, result, c_stride, a,                                \
      FN(tile_rows) * left->row_stride, left->row_stride, left->column_stride,     \
      right, 0, parts, offsets + k, rows, length, adds)
#if NN_VECTOR_BYTES == 64
      if (halves) {
        if (count == 3) PRODUCT_COLUMN(3, NN_HALVES);
        else if (count == 2) PRODUCT_COLUMN(2, NN_HALVES);
        else PRODUCT_COLUMN(1, NN_HALVES);
        j += count;
        continue;
      }
#endif
      if (wide) {
        FN(product_tile)(
            1, FN(row_vectors), NN_WHOLE, pitch, result, c_stride, a, left->row_stride,
            left->column_stride, right, 0, parts, offsets + k, length, adds);
      } else if (count == 3) PRODUCT_COLUMN(FN(tile_vectors), NN_WHOLE);
      else if (count == 2) PRODUCT_COLUMN(2, NN_WHOLE);
      else if (parts[0].count == WIDTH || columns->has_room) PRODUCT_COLUMN(1, NN_WHOLE);
      else PRODUCT_COLUMN(1, NN_PARTLY);
#undef PRODUCT_COLUMN
      j += count;
    }
  }
}

/* Copies a transposed left side, [terms, rows], so that each tile's rows are contiguous. */
NN_INLINE void FN(turn_tiles)(
    real *turned, const real *source, size_t stride, size_t rows, size_t terms) {
  size_t r = 0;
  for (; r + FN(tile_rows) <= rows; r += FN(tile_rows)) {
    for (size_t k = 0; k < terms; k++, turned += FN(tile_rows)) {
      memcpy(turned, source + k * stride + r, FN(tile_rows) * sizeof(real));
    }
  }
  for (size_t k = 0; r < rows && k < terms; k++, turned += FN(tile_rows)) {
    for (size_t i = 0; r + i < rows; i++) turned[i] = source[k * stride + r + i];
  }
}

/* Columns of the result that are computed together, in `count` vectors. */
NN_INLINE size_t FN(vectors_taken)(size_t rest) {
  /* Two and two vectors are faster than three and one. */
  return rest == FN(tile_vectors) + 1 && rest > 3 ? 2
         : rest < FN(tile_vectors)                ? rest
                                                  : FN(tile_vectors);
}

static void FN(product)(
    void *result, size_t c_stride, const nn_left_matrix *left, const nn_right_matrix *right,
    size_t rows, size_t columns, size_t terms, bool accumulate) {
  const size_t vectors = (columns + WIDTH - 1) / WIDTH;
  const bool turns = left->row_stride == 1 &&
                     left->column_stride * sizeof(real) >= FN(turned_bytes) &&
                     rows >= FN(tile_rows) && columns > WIDTH && terms >= FN(turned_terms);
  const bool copies = right->row_stride * sizeof(real) >= FN(far_bytes) && rows >= FN(many_rows);
  real turned[FN(turned_rows) * FN(block_terms)];
  real copied[FN(tile_vectors) * WIDTH * FN(block_terms)];
  for (size_t k = 0; k == 0 || k < terms; k += FN(block_terms)) {
    const size_t length = terms - k < FN(block_terms) ? terms - k : FN(block_terms);
    const bool adds = accumulate || k > 0;
    const size_t most = turns ? FN(turned_rows) : rows;
    for (size_t r = 0; r < rows; r += most) {
      const size_t height = rows - r < most ? rows - r : most;
      const real *a = (const real *)left->address + k * left->column_stride + r * left->row_stride;
      size_t a_row = left->row_stride, a_column = left->column_stride;
      size_t a_tile = FN(tile_rows) * a_row;
      if (turns) {
        FN(turn_tiles)(turned, a, a_column, height, length);
        a = turned;
        a_column = FN(tile_rows);
        a_tile = FN(tile_rows) * length;
      }
      for (size_t j = 0; j < vectors;) {
        const size_t count = FN(vectors_taken)(vectors - j), first = j * WIDTH;
        const size_t width = columns - first < count * WIDTH ? columns - first : count * WIDTH;
        const real *b = (const real *)right->address + k * right->row_stride + first;
        size_t b_stride = right->row_stride;
        if (copies) {
          for (size_t i = 0; i < length; i++) {
            FN(copy_run)(copied + i * count * WIDTH, b + i * b_stride, width);
          }
          b = copied;
          b_stride = count * WIDTH;
        }
        FN(part) parts[3];
        for (size_t v = 0; v < count; v++) {
          const size_t rest = width - v * WIDTH;
          parts[v] = (FN(part)){v * WIDTH, v * WIDTH, rest < WIDTH ? rest : WIDTH};
        }
#define PRODUCT_COLUMN(vectors, reading)                                                         \
  FN(product_column)(                                                                            \
      vectors, reading, 0, (real *)result + r * c_stride + first, c_stride, a, a_tile, a_row,    \
      a_column, b, b_stride, parts, NULL, height, length, adds)
        if (copies || right->has_room || width % WIDTH == 0) {
          if (count == 3) PRODUCT_COLUMN(FN(tile_vectors), NN_WHOLE);
          else if (count == 2) PRODUCT_COLUMN(2, NN_WHOLE);
          else PRODUCT_COLUMN(1, NN_WHOLE);
        } else {
          if (count == 3) PRODUCT_COLUMN(FN(tile_vectors), NN_PARTLY);
          else if (count == 2) PRODUCT_COLUMN(2, NN_PARTLY);
          else PRODUCT_COLUMN(1, NN_PARTLY);
        }
#undef PRODUCT_COLUMN
        j += count;
      }
    }
  }
}

static void FN(products)(
    const nn_matrices *c, const nn_matrices *left, const nn_matrices *right, size_t count,
    size_t rows, size_t columns, size_t terms, bool accumulate) {
  for (size_t m = 0; m < count; m++) {
    const nn_left_matrix a = {
        (const real *)left->address + m * left->matrix, left->row, left->column};
    const nn_right_matrix b = {
        (const real *)right->address + m * right->matrix, right->row, true};
    FN(product)(
        (real *)c->address + m * c->matrix, c->row, &a, &b, rows, columns, terms, accumulate);
  }
}

/* The sum of a vector's lanes, by pairwise addition of halves. */
NN_INLINE real FN(fold)(vector sum) {
#if NN_VECTOR_BYTES == 64
  const FN(half_vector) half = sum.lo + sum.hi;
#elif NN_VECTOR_BYTES == 32
  const vector half = sum;
#endif
#if NN_VECTOR_BYTES >= 32 && NN_REAL_BITS == 32
  const FN(quarter_vector) quarter = half.lo + half.hi;
  const FN(pair) two = quarter.lo + quarter.hi;
  return two.x + two.y;
#elif NN_VECTOR_BYTES >= 32
  const FN(pair) two = half.lo + half.hi;
  return two.x + two.y;
#else
  real values[WIDTH], total = 0;
  FN(store)(values, sum);
  for (int k = 0; k < WIDTH; k++) total += values[k];
  return total;
#endif
}

/* One tile of sums along the lanes. */
NN_INLINE void FN(dot_tile)(
    const int rows, const int columns, real *c, size_t c_stride, const real *a, size_t a_stride,
    const real *b, size_t b_stride, size_t terms) {
  vector sum[4][6];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (int n = 0; n < columns; n++) sum[r][n] = (vector)(0);
  }
  size_t p = 0;
#define DOT_STEP(LOAD)                                                    \
  {                                                                       \
    vector row[4];                                                        \
    _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; r++) {   \
      row[r] = LOAD(a + (size_t)r * a_stride + p);                        \
    }                                                                     \
    _Pragma("clang loop unroll(full)") for (int n = 0; n < columns; n++) { \
      const vector column = LOAD(b + (size_t)n * b_stride + p);           \
      _Pragma("clang loop unroll(full)") for (int r = 0; r < rows; r++) { \
        sum[r][n] = FN(fma)(row[r], column, sum[r][n]);                   \
      }                                                                   \
    }                                                                     \
  }
#define DOT_PART(source) FN(load_part)(source, terms - p, 0)
  for (; p + WIDTH <= terms; p += WIDTH) DOT_STEP(FN(load))
  if (p < terms) DOT_STEP(DOT_PART)
#undef DOT_PART
#undef DOT_STEP
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++) {
#pragma clang loop unroll(full)
    for (int n = 0; n < columns; n++) c[(size_t)r * c_stride + n] = FN(fold)(sum[r][n]);
  }
}

NN_INLINE void FN(dot_row)(
    const int rows, real *c, size_t c_stride, const real *a, size_t a_stride, const real *b,
    size_t b_stride, size_t columns, size_t terms) {
  size_t n = 0;
#define DOT_TILE(width) \
  FN(dot_tile)(rows, width, c + n, c_stride, a, a_stride, b + n * b_stride, b_stride, terms)
  for (; n + FN(dot_columns) <= columns; n += FN(dot_columns)) DOT_TILE(FN(dot_columns));
  for (; n + 2 <= columns; n += 2) DOT_TILE(2);
  if (n < columns) DOT_TILE(1);
#undef DOT_TILE
}

static void FN(product_transposed)(
    void *result, size_t c_stride, const void *left, size_t left_stride, const void *right,
    size_t right_stride, size_t rows, size_t columns, size_t terms) {
  const real *a = left;
  real *c = result;
#define DOT_ROW(height)                                                                     \
  {                                                                                         \
    FN(dot_row)(height, c, c_stride, a, left_stride, right, right_stride, columns, terms);  \
    a += height * left_stride;                                                              \
    c += height * c_stride;                                                                 \
    rows -= height;                                                                         \
  }
  while (rows >= FN(dot_rows)) DOT_ROW(FN(dot_rows))
  if (rows >= 2) DOT_ROW(2)
  if (rows > 0) DOT_ROW(1)
#undef DOT_ROW
}
