/* Reductions of a program's value. Adjacent axes of the same kind are merged into groups, which are
   kept and reduced alternately; the innermost group determines the loop:

   reduced  each row is reduced to one number, added to its kept element;
   kept     rows are added, element by element, onto a row of accumulators.

   Accumulators are double and cover the kept elements of one index of a kept outermost group, or
   all where that is reduced. */

#ifndef NN_GROUPS
#define NN_GROUPS
typedef struct nn_groups {
  int count;
  size_t extents[NN_MAX_RANK];
  bool reduced[NN_MAX_RANK];
} nn_groups;

NN_INLINE nn_groups nn_grouped(const nn_reduce_program *reduce, size_t outermost) {
  nn_groups groups = {.count = 0};
  for (int axis = 0; axis < reduce->program.rank; axis++) {
    const size_t extent = axis == 0 ? outermost : (size_t)reduce->program.extents[axis];
    const bool reduced = reduce->reduced[axis];
    if (extent == 1) continue;
    if (groups.count > 0 && groups.reduced[groups.count - 1] == reduced) {
      groups.extents[groups.count - 1] *= extent;
    } else {
      groups.extents[groups.count] = extent;
      groups.reduced[groups.count++] = reduced;
    }
  }
  if (groups.count == 0) {
    groups = (nn_groups){.count = 1, .extents = {1}, .reduced = {true}};
  }
  return groups;
}
#endif

/* The evaluated range of the program's output space, from which rows are read. */
typedef struct FN(window) {
  FN(run_state) state;
  uint16_t register_index;
  bool in_place;     /* the value is a contiguous operand: nothing to evaluate */
  size_t begin, end; /* the evaluated range */
  size_t unit;       /* ranges are multiples of it if they are not smaller */
  size_t limit;      /* end of the part */
} FN(window);

/* Elements position ..< position + count; count ≤ NN_BLOCK unless in place. */
NN_INLINE const real *FN(values)(FN(window) *window, size_t position, size_t count) {
  if (window->in_place) {
    return (const real *)window->state.program->inputs[window->register_index].address + position;
  }
  if (position < window->begin || position + count > window->end) {
    size_t length = window->unit > NN_BLOCK ? count : NN_BLOCK / window->unit * window->unit;
    if (length < count) length = count;
    if (length > window->limit - position) length = window->limit - position;
    FN(evaluate)(&window->state, position, length);
    window->begin = position;
    window->end = position + length;
  }
  const real *first = window->state.registers[window->register_index].address;
  return first + (position - window->begin);
}

/* The lanes of one vector in double. */
typedef double FN(wide_lanes) __attribute__((ext_vector_type(WIDTH)));

/* accumulators[c] = combination of itself and rows × columns values, rows `columns` apart. */
NN_INLINE void FN(accumulate)(
    nn_reduction kind, double *accumulators, const real *values, size_t rows, size_t columns,
    size_t row_stride) {
  for (size_t c = 0; c < columns; c += WIDTH) {
    const size_t length = columns - c < WIDTH ? columns - c : WIDTH;
    vector running[4];
    for (int g = 0; g < 4; g++) running[g] = (vector)((real)nn_neutral(kind));
    size_t r = 0;
    if (length == WIDTH) {
      for (; r + 4 <= rows; r += 4) {
#pragma clang loop unroll(full)
        for (size_t g = 0; g < 4; g++) {
          const vector value = FN(load)(values + (r + g) * row_stride + c);
          running[g] = COMBINE(kind, running[g], value);
        }
      }
      for (; r < rows; r++) {
        const vector value = FN(load)(values + r * row_stride + c);
        running[r & 3] = COMBINE(kind, running[r & 3], value);
      }
    } else {
      for (; r < rows; r++) {
        const vector value = FN(load_part)(values + r * row_stride + c, length, 0);
        running[r & 3] = COMBINE(kind, running[r & 3], value);
      }
    }
    const vector first = COMBINE(kind, running[0], running[1]);
    const vector second = COMBINE(kind, running[2], running[3]);
    const vector folded = COMBINE(kind, first, second);
    const FN(wide_lanes) step = __builtin_convertvector(folded, FN(wide_lanes));
    if (length == WIDTH) {
      FN(wide_lanes) sums;
      memcpy(&sums, accumulators + c, sizeof sums);
      sums = COMBINE(kind, sums, step);
      memcpy(accumulators + c, &sums, sizeof sums);
    } else {
      for (size_t k = 0; k < length; k++) {
        accumulators[c + k] = nn_combine(kind, accumulators[c + k], step[k]);
      }
    }
  }
}

static void FN(accumulate_rows)(
    nn_reduction kind, double *accumulators, const real *values, size_t rows, size_t columns,
    size_t row_stride) {
  switch (kind) {
#define ACCUMULATE_CASE(constant)                                                       \
  case constant:                                                                        \
    FN(accumulate)(constant, accumulators, values, rows, columns, row_stride);          \
    break;
    ACCUMULATE_CASE(NN_SUM)
    ACCUMULATE_CASE(NN_MAX)
    ACCUMULATE_CASE(NN_MIN)
    ACCUMULATE_CASE(NN_PRODUCT)
#undef ACCUMULATE_CASE
  }
}

/* One panel [rows, columns] of which the rows are reduced. */
NN_INLINE void FN(reduce_panel)(
    FN(window) *window, nn_reduction kind, double *accumulators, size_t position, size_t rows,
    size_t columns) {
  if (columns > NN_BLOCK) {
    for (size_t c = 0; c < columns; c += NN_BLOCK) {
      const size_t length = columns - c < NN_BLOCK ? columns - c : NN_BLOCK;
      for (size_t r = 0; r < rows; r++) {
        const real *values = FN(values)(window, position + r * columns + c, length);
        FN(accumulate_rows)(kind, accumulators + c, values, 1, length, length);
      }
    }
    return;
  }
  /* In place there is no limit by a block; four running rows then sum up to 64 rows each. */
  const size_t step = window->in_place ? 256 : NN_BLOCK / columns;
  for (size_t r = 0; r < rows; r += step) {
    const size_t count = rows - r < step ? rows - r : step;
    const real *values = FN(values)(window, position + r * columns, count * columns);
    FN(accumulate_rows)(kind, accumulators, values, count, columns, columns);
  }
}

NN_INLINE double FN(reduce_row)(
    FN(window) *window, nn_reduction kind, size_t position, size_t count) {
  if (count <= NN_BLOCK) {
    return FN(row_fold)(kind, FN(values)(window, position, count), count);
  }
  double total = nn_neutral(kind);
  for (size_t i = 0; i < count; i += NN_BLOCK) {
    const size_t length = count - i < NN_BLOCK ? count - i : NN_BLOCK;
    const real *values = FN(values)(window, position + i, length);
    total = nn_combine(kind, total, FN(row_fold)(kind, values, length));
  }
  return total;
}

static void FN(reduce_run)(
    const nn_reduce_program *reduce, size_t begin, size_t end, void *result, void *scratch) {
  const nn_program *program = &reduce->program;
  const nn_groups groups = nn_grouped(reduce, end - begin);
  const int last = groups.count - 1;
  size_t inner = 1, total = 1;
  for (int axis = 1; axis < program->rank; axis++) inner *= (size_t)program->extents[axis];
  for (int g = 0; g < groups.count; g++) total *= groups.extents[g];
  const bool kept_outermost = !groups.reduced[0];
  const size_t turns = kept_outermost && groups.count > 1 ? groups.extents[0] : 1;
  const int first = kept_outermost && groups.count > 1 ? 1 : 0;
  size_t kept = 1;
  for (int g = first; g < groups.count; g++) kept *= groups.reduced[g] ? 1 : groups.extents[g];

  real *target = result;
  if (total == 0) {
    FN(fill_run)(target, (real)nn_neutral(reduce->kind), turns * kept);
    return;
  }
  double *accumulators =
      (double *)((char *)scratch + nn_aligned(nn_program_scratch_bytes(program, sizeof(real))));
  const uint16_t index = reduce->register_index;
  /* Panels have the last kept group as columns and the reduced one before it as rows. */
  const bool rows_fold = groups.reduced[last];
  const size_t columns = rows_fold ? 1 : groups.extents[last];
  const size_t rows =
      rows_fold ? groups.extents[last] : (last > first ? groups.extents[last - 1] : 1);
  const size_t panel = rows * columns;
  const int outer_groups = rows_fold ? last : (last > first ? last - 1 : last);
  FN(window) window = {
      .state = FN(prepare)(program, scratch),
      .register_index = index,
      .in_place = index < program->input_count && program->inputs[index].kind == NN_CONTIGUOUS,
      .unit = panel,
      .limit = begin * inner + total};

  size_t position = begin * inner;
  for (size_t turn = 0; turn < turns; turn++, target += kept) {
    for (size_t k = 0; k < kept; k++) accumulators[k] = nn_neutral(reduce->kind);
    size_t counter[NN_MAX_RANK] = {0};
    size_t offset = 0;
    const size_t turn_end = position + total / turns;
    while (position < turn_end) {
      if (rows_fold) {
        const double value = FN(reduce_row)(&window, reduce->kind, position, rows);
        accumulators[offset] = nn_combine(reduce->kind, accumulators[offset], value);
      } else {
        FN(reduce_panel)(&window, reduce->kind, accumulators + offset, position, rows, columns);
      }
      position += panel;
      size_t stride = columns;
      for (int g = outer_groups - 1; g >= first; g--) {
        const size_t step = groups.reduced[g] ? 0 : stride;
        if (!groups.reduced[g]) stride *= groups.extents[g];
        offset += step;
        if (++counter[g] < groups.extents[g]) break;
        offset -= step * groups.extents[g];
        counter[g] = 0;
      }
    }
    for (size_t k = 0; k < kept; k++) target[k] = (real)accumulators[k];
  }
}
