/* Contiguous copies of strided views. */

#ifndef NN_VIEW
#define NN_VIEW
/* A view without axes of extent 1, and with adjacent axes merged where one stride covers both. */
typedef struct nn_view {
  int rank;
  int64_t extents[NN_MAX_RANK];
  ptrdiff_t strides[NN_MAX_RANK];
} nn_view;

NN_INLINE nn_view nn_collapsed(int rank, const int64_t *extents, const ptrdiff_t *strides) {
  nn_view view = {.rank = 0};
  for (int axis = 0; axis < rank; axis++) {
    if (extents[axis] == 1) continue;
    const int last = view.rank - 1;
    if (last >= 0 && view.strides[last] == strides[axis] * extents[axis]) {
      view.extents[last] *= extents[axis];
      view.strides[last] = strides[axis];
    } else {
      view.extents[view.rank] = extents[axis];
      view.strides[view.rank++] = strides[axis];
    }
  }
  if (view.rank == 0) {
    view.rank = 1;
    view.extents[0] = 1;
    view.strides[0] = 1;
  }
  return view;
}
#endif

/* Elements begin ..< begin + count of the view, in order. */
NN_INLINE void FN(gather)(
    real *dst, const real *src, const nn_view *view, size_t begin, size_t count) {
  const int last = view->rank - 1;
  const size_t row_length = (size_t)view->extents[last];
  const ptrdiff_t stride = view->strides[last];
  int64_t index[NN_MAX_RANK];
  size_t column = begin % row_length, row = begin / row_length;
  for (int axis = last - 1; axis >= 0; axis--) {
    index[axis] = (int64_t)(row % (size_t)view->extents[axis]);
    row /= (size_t)view->extents[axis];
    src += index[axis] * view->strides[axis];
  }
  while (count > 0) {
    const size_t length = count < row_length - column ? count : row_length - column;
    const real *start = src + (ptrdiff_t)column * stride;
    if (stride == 1) {
      FN(copy_run)(dst, start, length);
    } else if (stride == 0) {
      FN(fill_run)(dst, *start, length);
    } else {
      for (size_t i = 0; i < length; i++) dst[i] = start[(ptrdiff_t)i * stride];
    }
    dst += length;
    count -= length;
    column = 0;
    for (int axis = last - 1; axis >= 0; axis--) {
      src += view->strides[axis];
      if (++index[axis] < view->extents[axis]) break;
      src -= view->strides[axis] * view->extents[axis];
      index[axis] = 0;
    }
  }
}

typedef real FN(eight) __attribute__((ext_vector_type(8)));

/* dst[r][c] = src[c][r] for 8 × 8 elements: three rounds of perfect shuffles of the rows. */
NN_INLINE void FN(transpose_eight)(real *const *dst, real *const *src) {
  FN(eight) rows[8], next[8];
#pragma clang loop unroll(full)
  for (int r = 0; r < 8; r++) memcpy(&rows[r], src[r], sizeof rows[r]);
#pragma clang loop unroll(full)
  for (int round = 0; round < 3; round++) {
#pragma clang loop unroll(full)
    for (int r = 0; r < 4; r++) {
      next[2 * r] = __builtin_shufflevector(rows[r], rows[r + 4], 0, 8, 1, 9, 2, 10, 3, 11);
      next[2 * r + 1] =
          __builtin_shufflevector(rows[r], rows[r + 4], 4, 12, 5, 13, 6, 14, 7, 15);
    }
    memcpy(rows, next, sizeof rows);
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < 8; r++) memcpy(dst[r], &rows[r], sizeof rows[r]);
}

/* dst[r, c] = src[r + c·src_stride], rows of dst `columns` apart. */
NN_INLINE void FN(transpose)(
    real *dst, const real *src, ptrdiff_t src_stride, int64_t rows, int64_t columns) {
  int64_t r = 0;
  for (; r + 8 <= rows; r += 8) {
    int64_t c = 0;
    for (; c + 8 <= columns; c += 8) {
      real *to[8], *from[8];
#pragma clang loop unroll(full)
      for (int k = 0; k < 8; k++) {
        to[k] = dst + (r + k) * columns + c;
        from[k] = (real *)src + r + (c + k) * src_stride;
      }
      FN(transpose_eight)(to, from);
    }
    for (; c < columns; c++) {
      for (int64_t k = r; k < r + 8; k++) dst[k * columns + c] = src[k + c * src_stride];
    }
  }
  for (; r < rows; r++) {
    for (int64_t c = 0; c < columns; c++) dst[r * columns + c] = src[r + c * src_stride];
  }
}

static void FN(copy_strided)(
    void *dst, const void *src, int32_t rank, const int64_t *extents, const ptrdiff_t *strides,
    size_t begin, size_t end) {
  if (begin >= end) return;
  const nn_view view = nn_collapsed(rank, extents, strides);
  real *target = (real *)dst + begin;
  const int last = view.rank - 1;
  const bool transposed =
      last >= 1 && view.strides[last - 1] == 1 && view.strides[last] > 1;
  if (!transposed) {
    FN(gather)(target, src, &view, begin, end - begin);
    return;
  }
  /* Whole rows of each matrix by tiles; partial rows at the ends of the range by element. */
  const size_t columns = (size_t)view.extents[last], rows = (size_t)view.extents[last - 1];
  while (begin < end) {
    const size_t first_row = begin / columns % rows;
    const size_t whole_rows =
        (size_t)nn_least((int64_t)(rows - first_row), (int64_t)((end - begin) / columns));
    if (begin % columns != 0 || whole_rows == 0) {
      const size_t length =
          (size_t)nn_least((int64_t)(columns - begin % columns), (int64_t)(end - begin));
      FN(gather)(target, src, &view, begin, length);
      begin += length;
      target += length;
      continue;
    }
    const real *matrix = src;
    size_t rest = begin / columns / rows;
    for (int axis = last - 2; axis >= 0; axis--) {
      matrix += (ptrdiff_t)(rest % (size_t)view.extents[axis]) * view.strides[axis];
      rest /= (size_t)view.extents[axis];
    }
    FN(transpose)(
        target, matrix + first_row, view.strides[last], (int64_t)whole_rows, (int64_t)columns);
    begin += whole_rows * columns;
    target += whole_rows * columns;
  }
}
