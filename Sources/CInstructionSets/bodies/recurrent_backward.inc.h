/* The backward pass of recurrent networks: for each step one pass over the gates, which computes
   their gradients, then one matrix product of these with the weights, which computes the gradient
   of the state. */

/* The memory of one example's units at one step. dh and dc are the gradients from later steps; they
   are replaced by this step's gradients, to which the product is added. */
typedef struct FN(unit_gradients) {
  const real *gates, *cells, *extra, *y, *dy, *h_before, *c_before;
  real *dh, *dc, *d_gates, *d_hidden, *reset;
} FN(unit_gradients);

#define TAKE(source) FN(load_upto)(row->source + j, length, 0)
#define TAKE_OR_ZERO(source) (row->source == NULL ? (vector)((real)0) : TAKE(source))
#define TAKE_GATE(gate) FN(load_upto)(row->gates + (gate) * hidden + j, length, 0)
#define GIVE(target, value) FN(store_upto)(row->target + j, value, length)
#define GIVE_GATE(target, gate, value) \
  FN(store_upto)(row->target + (gate) * hidden + j, value, length)
#define INCOMING (TAKE(dh) + TAKE_OR_ZERO(dy))

NN_INLINE void FN(plain_gradients)(
    const FN(unit_gradients) *row, size_t hidden, size_t units, size_t j, size_t length,
    const bool is_relu) {
  (void)units;
  const vector dh = INCOMING, h = TAKE_GATE(0);
  GIVE_GATE(d_gates, 0, is_relu ? (h > 0 ? dh : (vector)((real)0)) : dh * (1 - h * h));
  GIVE(dh, (vector)((real)0));
}

NN_INLINE void FN(lstm_gradients)(
    const FN(unit_gradients) *row, size_t hidden, size_t units, size_t j, size_t length,
    const bool is_projected) {
  (void)units;
  const vector i = TAKE_GATE(0), f = TAKE_GATE(1), g = TAKE_GATE(2), o = TAKE_GATE(3);
  const vector dh = is_projected ? TAKE(reset) : INCOMING;
  const vector squashed = FN(squash)(TAKE(cells));
  const vector dc = FN(fma)(dh * o, 1 - squashed * squashed, TAKE(dc));
  GIVE_GATE(d_gates, 0, dc * g * (i * (1 - i)));
  GIVE_GATE(d_gates, 1, dc * TAKE_OR_ZERO(c_before) * (f * (1 - f)));
  GIVE_GATE(d_gates, 2, dc * i * (1 - g * g));
  GIVE_GATE(d_gates, 3, dh * squashed * (o * (1 - o)));
  GIVE(dc, dc * f);
  if (!is_projected) GIVE(dh, (vector)((real)0));
}

NN_INLINE void FN(gru_gradients)(
    const FN(unit_gradients) *row, size_t hidden, size_t units, size_t j, size_t length) {
  (void)units;
  const vector r = TAKE_GATE(0), z = TAKE_GATE(1), n = TAKE_GATE(2), dh = INCOMING;
  const vector dn = dh * (1 - z) * (1 - n * n);
  const vector dz = dh * (TAKE_OR_ZERO(h_before) - n) * (z * (1 - z));
  const vector dr = dn * TAKE(extra) * (r * (1 - r));
  GIVE_GATE(d_gates, 0, dr);
  GIVE_GATE(d_gates, 1, dz);
  GIVE_GATE(d_gates, 2, dn);
  GIVE_GATE(d_hidden, 0, dr);
  GIVE_GATE(d_hidden, 1, dz);
  GIVE_GATE(d_hidden, 2, dn * r);
  GIVE(dh, dh * z);
}

/* The variant that resets before the product: z and n, then r when the gradient of r·h is known. */
NN_INLINE void FN(renew_gradients)(
    const FN(unit_gradients) *row, size_t hidden, size_t units, size_t j, size_t length) {
  (void)units;
  const vector z = TAKE_GATE(1), n = TAKE_GATE(2), dh = INCOMING;
  GIVE_GATE(d_gates, 1, dh * (TAKE_OR_ZERO(h_before) - n) * (z * (1 - z)));
  GIVE_GATE(d_gates, 2, dh * (1 - z) * (1 - n * n));
  GIVE(dh, dh * z);
}

NN_INLINE void FN(reset_gradients)(
    const FN(unit_gradients) *row, size_t hidden, size_t units, size_t j, size_t length) {
  (void)units;
  const vector r = TAKE_GATE(0), d_reset = TAKE(reset);
  GIVE_GATE(d_gates, 0, d_reset * TAKE_OR_ZERO(h_before) * (r * (1 - r)));
  GIVE(dh, FN(fma)(d_reset, r, TAKE(dh)));
}

/* The scratch memory of a part with inputs for one step. */
typedef struct FN(step_gradients) {
  real *gates, *hidden; /* gradients; rows are `pitch` apart so that columns map to different sets */
  real *inputs;         /* the step's inputs, each followed by a 1 */
  real *before;         /* the state before the step */
  size_t pitch;
} FN(step_gradients);

/* Adds one step's products to the sums of the weights' gradients. */
static void FN(add_weight_gradients)(
    const nn_recurrent *net, const nn_recurrent_part *part, const FN(step_gradients) *step,
    size_t time, bool is_first_step, size_t gates) {
  const size_t hidden = net->hidden, outputs = net->outputs, batch = net->batch;
  const size_t first_row = part->row_begin, rows = part->row_end - first_row;
  const size_t wide = gates * hidden, width = net->inputs + 1;
  real *d_hidden = part->d_weights, *d_inputs = d_hidden + wide * outputs;
  for (size_t n = 0; n < rows; n++) {
    const size_t position = time * batch + first_row + n;
    FN(copy_run)(
        step->inputs + n * width, (const real *)net->x + position * net->inputs, net->inputs);
    step->inputs[n * width + net->inputs] = 1;
  }
  const nn_left_matrix by_gate = {step->gates, 1, step->pitch};
  const nn_right_matrix inputs = {step->inputs, width, true};
  FN(product)(d_inputs, width, &by_gate, &inputs, wide, width, rows, true);
  if (net->cell == NN_CELL_GRU) {
    real *d_bias = d_inputs + wide * width;
    for (size_t n = 0; n < rows; n++) {
      const real *d_new = step->hidden + n * step->pitch + 2 * hidden;
      for (size_t j = 0; j < hidden; j += WIDTH) {
        const size_t length = hidden - j < WIDTH ? hidden - j : WIDTH;
        const vector sum =
            FN(load_upto)(d_bias + j, length, 0) + FN(load_upto)(d_new + j, length, 0);
        FN(store_upto)(d_bias + j, sum, length);
      }
    }
  }
  const real *before = AT(net->h0, first_row * outputs);
  if (!is_first_step) {
    const size_t earlier = net->reverse ? time + 1 : time - 1;
    before = (const real *)net->y + (earlier * batch + first_row) * outputs;
    if (net->reverse && net->lengths != NULL && net->h0 != NULL) {
      /* The state before sequences that begin here is the first state. */
      for (size_t n = 0; n < rows; n++) {
        const size_t index = first_row + n;
        const bool begins = (int64_t)time + 1 >= net->lengths[index];
        FN(copy_run)(
            step->before + n * outputs,
            begins ? (const real *)net->h0 + index * outputs : before + n * outputs, outputs);
      }
      before = step->before;
    }
  }
  if (before == NULL) return;
  const nn_left_matrix by_hidden = {step->hidden, 1, step->pitch};
  const nn_right_matrix states = {before, outputs, false};
  FN(product)(d_hidden, outputs, &by_hidden, &states, wide, outputs, rows, true);
}

static void FN(recurrent_backward)(
    const nn_recurrent *net, const nn_recurrent_part *part, void *scratch) {
  const size_t hidden = net->hidden, outputs = net->outputs, batch = net->batch;
  const size_t gates = FN(gate_count)(net->cell), wide = gates * hidden;
  const size_t first_row = part->row_begin, rows = part->row_end - first_row;
  const size_t first = part->unit_begin, units = part->unit_end - first;
  const bool is_lstm = net->cell == NN_CELL_LSTM, is_projected = net->projection != NULL;
  const bool resets_first = net->cell == NN_CELL_GRU_RESET_BEFORE;
  const bool is_gru = net->cell == NN_CELL_GRU;
  const size_t count = is_projected ? outputs : units;
  const size_t terms = resets_first ? 2 * hidden : wide;
  real *reset = scratch, *states = net->h, *cells = net->c;
  FN(step_gradients) kept = {.gates = reset + rows * units, .pitch = wide + 16};
  kept.hidden = is_gru ? kept.gates + rows * kept.pitch : kept.gates;
  kept.before = kept.hidden + rows * kept.pitch;
  kept.inputs = kept.before + rows * outputs;
  const bool has_inputs = net->inputs > 0;
  if (has_inputs && part->step_begin == 0) {
    const size_t sums = wide * (outputs + net->inputs + 1) + (is_gru ? hidden : 0);
    FN(fill_run)(part->d_weights, 0, sums);
  }
  const real *weights = (const real *)net->weights + first / net->block * net->block_count;
  /* Rows 2 · hidden … of one panel of columns follow the others. */
  const real *apart =
      weights + (units + NN_PANEL - 1) / NN_PANEL * NN_PANEL * 2 * hidden;
  for (size_t step = part->step_begin; step < part->step_end; step++) {
    real *dh = states + first_row * outputs + first;
    if (step > 0 && (step < net->steps || net->dh0 != NULL)) {
      const size_t later = net->reverse ? step - 1 : net->steps - step;
      const real *d_hidden =
          has_inputs ? kept.hidden
                     : (const real *)net->d_hidden + (later * batch + first_row) * wide;
      FN(panel_product)(
          dh, outputs, d_hidden, has_inputs ? kept.pitch : wide, weights, terms, rows,
          count, terms, true);
    }
    for (size_t n = first_row; n < part->row_end; n++) {
      real *h = states + n * outputs + first, *c = AT(cells, n * hidden + first);
      if (step == 0) {
        if (net->last_dh != NULL) {
          FN(copy_run)(h, (const real *)net->last_dh + n * outputs + first, count);
        } else {
          FN(fill_run)(h, 0, count);
        }
        if (is_lstm && net->last_dc != NULL) {
          FN(copy_run)(c, (const real *)net->last_dc + n * hidden + first, units);
        } else if (is_lstm) {
          FN(fill_run)(c, 0, units);
        }
        /* An example without steps has no first step. */
        for (size_t g = 0; net->first != NULL && g < gates; g++) {
          FN(fill_run)((real *)net->first + n * wide + g * hidden + first, 0, units);
        }
      }
      if (step == net->steps) {
        if (net->dh0 != NULL) FN(copy_run)((real *)net->dh0 + n * outputs + first, h, count);
        if (net->dc0 != NULL) FN(copy_run)((real *)net->dc0 + n * hidden + first, c, units);
      }
    }
    if (step == net->steps) return;
    const size_t time = net->reverse ? step : net->steps - 1 - step;
    if (is_projected) {
      for (size_t n = first_row; n < part->row_end; n++) {
        const size_t position = (time * batch + n) * outputs;
        real *h = states + n * outputs, *total = (real *)net->d_projected + position;
        if (net->lengths != NULL && (int64_t)time >= net->lengths[n]) {
          FN(fill_run)(total, 0, outputs);
          continue;
        }
        for (size_t j = 0; j < outputs; j++) {
          total[j] = h[j] + (net->dy == NULL ? 0 : ((const real *)net->dy)[position + j]);
          h[j] = 0;
        }
      }
      FN(panel_product)(
          reset, units, (const real *)net->d_projected + (time * batch + first_row) * outputs,
          outputs, net->projection, outputs, rows, units, outputs, false);
    }
    for (int pass = 0; pass < (resets_first ? 2 : 1); pass++) {
      if (pass == 1) {
        FN(panel_product)(
            reset, units,
            (const real *)net->d_gates + (time * batch + first_row) * wide + 2 * hidden, wide,
            apart, hidden, rows, units, hidden, false);
      }
      for (size_t n = 0; n < rows; n++) {
        const size_t index = first_row + n, position = time * batch + index;
        const int64_t length = net->lengths == NULL
                                   ? (int64_t)net->steps
                                   : nn_least(net->lengths[index], (int64_t)net->steps);
        /* The first step of this example in the forward pass has no previous step. */
        const bool is_first = net->reverse ? (int64_t)time + 1 >= length : time == 0;
        const size_t before = (net->reverse ? time + 1 : time - 1) * batch + index;
        const FN(unit_gradients) row = {
            .gates = (const real *)net->gates + position * wide + first,
            .cells = AT(net->cells, position * hidden + first),
            .extra = AT(net->extra, position * hidden + first),
            .dy = AT(net->dy, position * outputs + first),
            .h_before = is_first ? AT(net->h0, index * outputs + first)
                                 : AT(net->y, before * outputs + first),
            .c_before = is_first ? AT(net->c0, index * hidden + first)
                                 : AT(net->cells, before * hidden + first),
            .dh = states + index * outputs + first,
            .dc = AT(cells, index * hidden + first),
            .d_gates = has_inputs ? kept.gates + n * kept.pitch
                                  : (real *)net->d_gates + position * wide + first,
            .d_hidden = has_inputs ? kept.hidden + n * kept.pitch
                                   : (real *)net->d_hidden + position * wide + first,
            .reset = reset + n * units};
        if ((int64_t)time >= length) {
          for (size_t g = 0; g < gates; g++) {
            FN(fill_run)(row.d_gates + g * hidden, 0, units);
            if (is_gru) FN(fill_run)(row.d_hidden + g * hidden, 0, units);
          }
          if (has_inputs && net->d_gates != NULL) {
            FN(fill_run)((real *)net->d_gates + position * wide, 0, wide);
          }
          continue;
        }
        switch (net->cell) {
          case NN_CELL_TANH: EACH_UNIT(units, FN(plain_gradients), false) break;
          case NN_CELL_RELU: EACH_UNIT(units, FN(plain_gradients), true) break;
          case NN_CELL_LSTM:
            if (is_projected) {
              EACH_UNIT(units, FN(lstm_gradients), true)
            } else {
              EACH_UNIT(units, FN(lstm_gradients), false)
            }
            break;
          case NN_CELL_GRU: EACH_UNIT(units, FN(gru_gradients)) break;
          case NN_CELL_GRU_RESET_BEFORE:
            if (pass == 0) {
              EACH_UNIT(units, FN(renew_gradients))
            } else {
              EACH_UNIT(units, FN(reset_gradients))
            }
            break;
        }
        if (has_inputs && net->d_gates != NULL) {
          FN(copy_run)((real *)net->d_gates + position * wide, row.d_gates, wide);
        }
        if (is_first && net->first != NULL && (!resets_first || pass == 1)) {
          for (size_t g = 0; g < gates; g++) {
            FN(copy_run)(
                (real *)net->first + index * wide + g * hidden + first,
                row.d_hidden + g * hidden, units);
          }
        }
      }
    }
    if (has_inputs) {
      FN(add_weight_gradients)(net, part, &kept, time, step + 1 == net->steps, gates);
    }
  }
}
#undef TAKE
#undef TAKE_OR_ZERO
#undef TAKE_GATE
#undef GIVE
#undef GIVE_GATE
#undef INCOMING
#undef EACH_UNIT
#undef AT
