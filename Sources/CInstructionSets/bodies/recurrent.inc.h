/* The forward pass of recurrent networks: for each step one matrix product of the state with the
   weights, then one pass over its result and the inputs' part of the gates. */

/* The memory of one example's units at one step. */
typedef struct FN(unit_row) {
  const real *x, *product, *bias, *h_before;
  real *c, *h, *y, *gates, *cells, *extra;
} FN(unit_row);

#if NN_VECTOR_BYTES == 64 && NN_REAL_BITS == 32
/* 1 / x for normal x: an estimate of 14 bits, whose precision a Newton step doubles. */
NN_INLINE vector FN(inverse)(vector x) {
  const vector guess = (vector)_mm512_rcp14_ps((__m512)x);
  return FN(fma)(guess, FN(fma)(-x, guess, (vector)(1)), guess);
}
#else
NN_INLINE vector FN(inverse)(vector x) { return 1 / x; }
#endif

#if NN_REAL_BITS == 64
#define GATE_LIMIT 700.0
#else
#define GATE_LIMIT 87.0f
#endif

/* 1 / (1 + exp(−x)), with x clamped to a limit at which the result is 0 or 1 to working
   precision. */
NN_INLINE vector FN(gate)(vector x) {
  const FN(exp_parts) parts = FN(exp_reduce)(FN(clamp)(-x, -GATE_LIMIT, GATE_LIMIT));
  const vector r = parts.rest;
  const vector e =
      (FN(fma)(r * r, POLYNOMIAL(exp_terms, r), r) + 1) * FN(power_of_two)(parts.exponent);
  return FN(inverse)(e + 1);
}

/* e / (e + 2) with e = exp(2|x|) − 1. */
NN_INLINE vector FN(squash)(vector x) {
  vector size = FN(magnitude)(x);
  size = size > (vector)((real)20) ? (vector)((real)20) : size;
  const FN(exp_parts) parts = FN(exp_reduce)(size + size);
  const vector r = parts.rest;
  const vector curve = FN(fma)(r * r, POLYNOMIAL(exp_terms, r), r);
  const vector power = FN(power_of_two)(parts.exponent);
  const vector e = FN(fma)(power, curve, power - 1);
  return FN(with_sign)(e * FN(inverse)(e + 2), x);
}
#undef GATE_LIMIT

#define KEEP(target, value) \
  if (row->target != NULL) FN(store_upto)(row->target + j, value, length)
#define KEEP_GATE(gate, value) \
  if (row->gates != NULL) FN(store_upto)(row->gates + (gate) * hidden + j, value, length)
/* A gate before its activation function; the inputs' part may be in the product. */
#define PRODUCT(gate) FN(load_upto)(row->product + (gate) * units + j, length, 0)
#define GATE(gate)        \
  (row->x == NULL ? PRODUCT(gate) \
                  : FN(load_upto)(row->x + (gate) * hidden + j, length, 0) + PRODUCT(gate))

/* Units j ..< j + length of one example. */
NN_INLINE void FN(plain_units)(
    const FN(unit_row) *row, size_t hidden, size_t units, size_t j, size_t length,
    const bool is_relu) {
  const vector sum = GATE(0);
  const vector h = is_relu ? (sum <= 0 ? (vector)((real)0) : sum) : FN(squash)(sum);
  KEEP_GATE(0, h);
  FN(store_upto)(row->h + j, h, length);
  KEEP(y, h);
}

NN_INLINE void FN(lstm_units)(
    const FN(unit_row) *row, size_t hidden, size_t units, size_t j, size_t length) {
  const vector i = FN(gate)(GATE(0)), f = FN(gate)(GATE(1));
  const vector g = FN(squash)(GATE(2)), o = FN(gate)(GATE(3));
  const vector c = FN(fma)(f, FN(load_upto)(row->c + j, length, 0), i * g);
  const vector h = o * FN(squash)(c);
  KEEP_GATE(0, i);
  KEEP_GATE(1, f);
  KEEP_GATE(2, g);
  KEEP_GATE(3, o);
  FN(store_upto)(row->c + j, c, length);
  KEEP(cells, c);
  FN(store_upto)(row->h + j, h, length);
  KEEP(extra, h);
  KEEP(y, h);
}

NN_INLINE void FN(gru_units)(
    const FN(unit_row) *row, size_t hidden, size_t units, size_t j, size_t length) {
  const vector r = FN(gate)(GATE(0)), z = FN(gate)(GATE(1));
  vector inner = PRODUCT(2);
  if (row->bias != NULL) inner += FN(load_upto)(row->bias + j, length, 0);
  const vector x =
      row->x == NULL ? PRODUCT(3) : FN(load_upto)(row->x + 2 * hidden + j, length, 0);
  const vector n = FN(squash)(FN(fma)(r, inner, x));
  const vector h = FN(fma)(z, FN(load_upto)(row->h_before + j, length, 0) - n, n);
  KEEP_GATE(0, r);
  KEEP_GATE(1, z);
  KEEP_GATE(2, n);
  KEEP(extra, inner);
  FN(store_upto)(row->h + j, h, length);
  KEEP(y, h);
}

/* r and z of the variant that resets before the product; r·h replaces n's product. */
NN_INLINE void FN(reset_units)(
    const FN(unit_row) *row, size_t hidden, size_t units, size_t j, size_t length) {
  const vector r = FN(gate)(GATE(0)), z = FN(gate)(GATE(1));
  const vector reset = r * FN(load_upto)(row->h_before + j, length, 0);
  real *product = (real *)row->product;
  KEEP_GATE(0, r);
  KEEP_GATE(1, z);
  KEEP(extra, reset);
  FN(store_upto)(product + units + j, z, length);
  FN(store_upto)(product + 3 * units + j, reset, length);
}

NN_INLINE void FN(renew_units)(
    const FN(unit_row) *row, size_t hidden, size_t units, size_t j, size_t length) {
  const vector z = FN(load_upto)(row->product + units + j, length, 0);
  const vector n = FN(squash)(GATE(2));
  const vector h = FN(fma)(z, FN(load_upto)(row->h_before + j, length, 0) - n, n);
  KEEP_GATE(2, n);
  FN(store_upto)(row->h + j, h, length);
  KEEP(y, h);
}

#define EACH_UNIT(units, call, ...)                              \
  {                                                              \
    size_t j = 0;                                                \
    for (; j + WIDTH <= units; j += WIDTH) {                     \
      call(&row, hidden, units, j, (size_t)WIDTH, ##__VA_ARGS__); \
    }                                                            \
    if (j < units) call(&row, hidden, units, j, units - j, ##__VA_ARGS__); \
  }

/* An example whose sequence has ended before this step keeps its state. */
NN_INLINE void FN(idle_units)(
    const FN(unit_row) *row, size_t gates, size_t hidden, size_t units) {
  FN(copy_run)(row->h, row->h_before, units);
  if (row->y != NULL) FN(fill_run)(row->y, 0, units);
  if (row->cells != NULL) FN(copy_run)(row->cells, row->c, units);
  if (row->extra != NULL) FN(fill_run)(row->extra, 0, units);
  for (size_t g = 0; row->gates != NULL && g < gates; g++) {
    FN(fill_run)(row->gates + g * hidden, 0, units);
  }
}

NN_INLINE size_t FN(gate_count)(nn_cell cell) {
  return cell == NN_CELL_LSTM ? 4 : cell == NN_CELL_GRU || cell == NN_CELL_GRU_RESET_BEFORE ? 3 : 1;
}

#define AT(pointer, index) ((pointer) == NULL ? NULL : (real *)(pointer) + (index))

static void FN(recurrent)(
    const nn_recurrent *net, const nn_recurrent_part *part, void *scratch) {
  const size_t hidden = net->hidden, outputs = net->outputs, batch = net->batch;
  const size_t gates = FN(gate_count)(net->cell);
  const size_t first_row = part->row_begin, rows = part->row_end - first_row;
  const size_t first = part->unit_begin, units = part->unit_end - first;
  const bool is_lstm = net->cell == NN_CELL_LSTM, is_projected = net->projection != NULL;
  const bool resets_first = net->cell == NN_CELL_GRU_RESET_BEFORE;
  const bool has_apart = resets_first || net->cell == NN_CELL_GRU;
  const size_t pitch = (gates + 1) * units;
  /* With inputs, the state follows them, so that the product reads both. */
  const size_t ahead = net->inputs == 0 ? 0 : net->inputs + 1, depth = ahead + outputs;
  real *product = scratch, *joint = product + rows * pitch;
  const real *weights = (const real *)net->weights + first / net->block * net->block_count;
  /* GRU's panels of n follow those of r and z. */
  const size_t together = has_apart ? 2 * units : gates * units;
  const real *apart =
      weights + (together + NN_PANEL - 1) / NN_PANEL * NN_PANEL * depth;
  const size_t state_stride = ahead > 0 ? depth : outputs;
  for (size_t step = part->step_begin; step < part->step_end; step++) {
    const size_t time = net->reverse ? net->steps - 1 - step : step;
    real *before = ahead > 0 ? joint + ahead
                             : (real *)net->h + ((step & 1 ? 0 : batch) + first_row) * outputs;
    real *after = ahead > 0 ? before
                            : (real *)net->h + ((step & 1 ? batch : 0) + first_row) * outputs;
    if (step == 0) {
      for (size_t n = first_row; n < part->row_end; n++) {
        real *h = before + (n - first_row) * state_stride + first;
        real *c = AT(net->c, n * hidden + first);
        if (ahead > 0) h[-1] = 1;
        const size_t count = is_projected ? outputs : units;
        if (net->h0 != NULL) {
          FN(copy_run)(h, (const real *)net->h0 + n * outputs + first, count);
        } else {
          FN(fill_run)(h, 0, count);
        }
        if (is_lstm && net->c0 != NULL) {
          FN(copy_run)(c, (const real *)net->c0 + n * hidden + first, units);
        } else if (is_lstm) {
          FN(fill_run)(c, 0, units);
        }
      }
    }
    const bool has_state = step > 0 || net->h0 != NULL;
    /* Other parts of the units may not have copied theirs yet. */
    const real *state = step == 0 && ahead == 0 && has_state
                            ? (const real *)net->h0 + first_row * outputs
                            : before;
    for (size_t n = 0; ahead > 0 && n < rows; n++) {
      const size_t position = time * batch + first_row + n;
      FN(copy_run)(joint + n * depth, (const real *)net->x + position * net->inputs, net->inputs);
    }
    if (ahead == 0 && !has_state) {
      FN(fill_run)(product, 0, rows * pitch);
    } else {
      FN(panel_product)(
          product, pitch, state - ahead, state_stride, weights, depth, rows, together,
          has_state ? depth : ahead, false);
    }
    if (net->cell == NN_CELL_GRU) {
      for (size_t n = 0; !has_state && n < rows; n++) {
        FN(fill_run)(product + n * pitch + 2 * units, 0, units);
      }
      if (has_state) {
        FN(panel_product)(
            product + 2 * units, pitch, state, state_stride, apart + ahead * NN_PANEL, depth,
            rows, units, outputs, false);
      }
      if (ahead > 0) {
        FN(panel_product)(
            product + 3 * units, pitch, joint, depth, apart, depth, rows, units, ahead,
            false);
      }
    }
    for (int pass = 0; pass < (resets_first ? 2 : 1); pass++) {
      if (pass == 1 && has_state) {
        FN(panel_product)(
            product + 2 * units, pitch, product + 3 * units, pitch, apart, units, rows,
            units, units, false);
      }
      for (size_t n = 0; n < rows; n++) {
        const size_t index = first_row + n, position = time * batch + index;
        real *spare = product + n * pitch + gates * units;
        const FN(unit_row) row = {
            .x = ahead > 0 ? NULL : (const real *)net->x + position * gates * hidden + first,
            .product = product + n * pitch,
            .bias = AT(net->hidden_bias, first),
            .h_before = before + n * state_stride + first,
            .c = AT(net->c, index * hidden + first),
            .h = is_projected ? spare : after + n * state_stride + first,
            .y = is_projected ? NULL : AT(net->y, position * outputs + first),
            .gates = AT(net->gates, position * gates * hidden + first),
            .cells = AT(net->cells, position * hidden + first),
            .extra = AT(net->extra, position * hidden + first)};
        if (net->lengths != NULL && (int64_t)time >= net->lengths[index]) {
          /* The product of a projected row is set to zero below. */
          if (is_projected) {
            FN(unit_row) idle = row;
            idle.h_before = spare;
            FN(fill_run)(spare, 0, units);
            FN(idle_units)(&idle, gates, hidden, units);
          } else {
            if (pass == 0 && resets_first) FN(fill_run)(spare, 0, units);
            FN(idle_units)(&row, gates, hidden, units);
          }
          continue;
        }
        switch (net->cell) {
          case NN_CELL_TANH: EACH_UNIT(units, FN(plain_units), false) break;
          case NN_CELL_RELU: EACH_UNIT(units, FN(plain_units), true) break;
          case NN_CELL_LSTM: EACH_UNIT(units, FN(lstm_units)) break;
          case NN_CELL_GRU: EACH_UNIT(units, FN(gru_units)) break;
          case NN_CELL_GRU_RESET_BEFORE:
            if (pass == 0) {
              EACH_UNIT(units, FN(reset_units))
            } else {
              EACH_UNIT(units, FN(renew_units))
            }
            break;
        }
      }
    }
    if (is_projected) {
      FN(panel_product)(
          after, outputs, product + gates * units, pitch, net->projection, hidden, rows, outputs,
          hidden, false);
      for (size_t n = 0; n < rows; n++) {
        const size_t index = first_row + n;
        real *h = after + n * outputs, *y = AT(net->y, (time * batch + index) * outputs);
        const bool idle = net->lengths != NULL && (int64_t)time >= net->lengths[index];
        if (idle) FN(copy_run)(h, before + n * outputs, outputs);
        if (y != NULL && idle) FN(fill_run)(y, 0, outputs);
        if (y != NULL && !idle) FN(copy_run)(y, h, outputs);
      }
    }
    for (size_t n = first_row; step + 1 == net->steps && n < part->row_end; n++) {
      const size_t count = is_projected ? outputs : units;
      if (net->last_h != NULL) {
        FN(copy_run)(
            (real *)net->last_h + n * outputs + first,
            after + (n - first_row) * state_stride + first, count);
      }
      if (net->last_c != NULL) {
        FN(copy_run)(
            (real *)net->last_c + n * hidden + first, (real *)net->c + n * hidden + first, units);
      }
    }
  }
}
#undef KEEP
#undef KEEP_GATE
#undef GATE
#undef PRODUCT
