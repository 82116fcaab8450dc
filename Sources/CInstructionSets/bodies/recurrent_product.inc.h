/* Matrix products with a packed right side, for states of any number of rows. */

static void FN(pack_columns)(void *panels, const void *src, const nn_packing *packing) {
  const nn_packing p = *packing;
  real *target = panels;
  for (size_t first = p.column_begin; first < p.column_end; first += NN_PANEL) {
    const size_t rest = p.column_end - first, count = rest < NN_PANEL ? rest : NN_PANEL;
    const real *column[NN_PANEL];
    for (size_t c = 0; c < count; c++) {
      const size_t position = first + c;
      column[c] =
          (const real *)src + position / p.run * p.run_stride + position % p.run * p.column_stride;
    }
    for (size_t k = 0; k < p.terms; k++, target += NN_PANEL) {
      for (size_t c = 0; c < count; c++) target[c] = column[c][k * p.term_stride];
      for (size_t c = count; c < NN_PANEL; c++) target[c] = 0;
    }
  }
}

/* One row times a few vectors of a panel's columns. Four sums for each vector hide the latency of a
   multiply–add, so the speed is limited by reading the panel. */
NN_INLINE void FN(row_tile)(
    const int vectors, real *c, const real *a, const real *panel, size_t columns, size_t terms,
    bool accumulate) {
  vector sum[4][3];
#pragma clang loop unroll(full)
  for (int q = 0; q < 4; q++) {
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) sum[q][v] = (vector)(0);
  }
  size_t k = 0;
  for (; k + 4 <= terms; k += 4, panel += 4 * NN_PANEL) {
#pragma clang loop unroll(full)
    for (int q = 0; q < 4; q++) {
      const vector left = (vector)(a[k + (size_t)q]);
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) {
        sum[q][v] = FN(fma)(left, FN(load)(panel + q * NN_PANEL + v * WIDTH), sum[q][v]);
      }
    }
  }
  for (; k < terms; k++, panel += NN_PANEL) {
    const vector left = (vector)(a[k]);
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
      sum[0][v] = FN(fma)(left, FN(load)(panel + v * WIDTH), sum[0][v]);
    }
  }
#pragma clang loop unroll(full)
  for (int v = 0; v < vectors; v++) {
    real *target = c + v * WIDTH;
    const size_t count = columns - (size_t)v * WIDTH;
    vector total = (sum[0][v] + sum[1][v]) + (sum[2][v] + sum[3][v]);
    if (accumulate) total += FN(load_upto)(target, count, 0);
    FN(store_upto)(target, total, count);
  }
}

NN_INLINE void FN(row_times_panel)(
    real *c, const real *a, const real *panel, size_t columns, size_t terms, bool accumulate) {
  for (size_t j = 0; j < columns;) {
    const size_t rest = (columns - j + WIDTH - 1) / WIDTH;
#define ROW_TILE(count) \
  FN(row_tile)(count, c + j, a, panel + j, columns - j, terms, accumulate)
    if (rest >= 3) {
      ROW_TILE(3);
      j += 3 * WIDTH;
    } else if (rest == 2) {
      ROW_TILE(2);
      j += 2 * WIDTH;
    } else {
      ROW_TILE(1);
      j += WIDTH;
    }
#undef ROW_TILE
  }
}

/* C[rows, columns] = left[rows, terms] · the first terms of panels of `depth` rows (+ C). */
static void FN(panel_product)(
    real *c, size_t c_stride, const real *left, size_t left_stride, const real *panels,
    size_t depth, size_t rows, size_t columns, size_t terms, bool accumulate) {
  for (size_t first = 0; first < columns; first += NN_PANEL, panels += depth * NN_PANEL) {
    const size_t count = columns - first < NN_PANEL ? columns - first : NN_PANEL;
    if (rows == 1) {
      FN(row_times_panel)(c + first, left, panels, count, terms, accumulate);
      continue;
    }
    const nn_left_matrix a = {left, left_stride, 1};
    const nn_right_matrix b = {panels, NN_PANEL, true};
    FN(product)(c + first, c_stride, &a, &b, rows, count, terms, accumulate);
  }
}
