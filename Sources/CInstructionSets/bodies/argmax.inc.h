/* Index of the largest element along the middle axis of [outer, count, inner]. */

static int32_t FN(argmax_row)(const real *row, size_t count) {
  const real largest = (real)FN(row_max)(row, count);
  size_t i = 0;
  if (largest != largest) {
    while (i + 1 < count && row[i] == row[i]) i++;
  } else {
    while (i + 1 < count && row[i] != largest) i++;
  }
  return (int32_t)i;
}

static void FN(argmax)(
    int32_t *dst, const void *src, size_t outer, size_t count, size_t inner) {
  const real *panel = src;
  for (size_t o = 0; o < outer; o++, panel += count * inner, dst += inner) {
    if (inner == 1) {
      *dst = FN(argmax_row)(panel, count);
      continue;
    }
    for (size_t i = 0; i < inner; i += WIDTH) {
      const size_t length = inner - i < WIDTH ? inner - i : WIDTH;
      vector best = (vector)((real)0);
      integers position = (integers)best;
      for (size_t c = 0; c < count; c++) {
        const real *source = panel + c * inner + i;
        const vector x = FN(load_upto)(source, length, 0);
        const integers better = (x > best) | ((x != x) & (best == best));
        const integers taken = c == 0 ? ~(integers)(vector)((real)0) : better;
        best = taken ? x : best;
        position = taken ? (integers)((integer)c) : position;
      }
      FN(store_indices)(dst + i, position, length);
    }
  }
}
