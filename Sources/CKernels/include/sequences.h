/* What attention and recurrent networks read and write: the structures of their loops in the table. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* MARK: - Attention. */

/* One head over one row of a batch: softmax(scale · Q Kᵀ + mask) V. Strides are between positions,
   in elements. */
typedef struct nn_attention {
  const void *query, *key, *value;
  size_t query_stride, key_stride, value_stride;
  size_t keys;               /* those that count */
  size_t depth, value_depth; /* elements of a query or key, and of a value */
  double scale;              /* above 0 */
  bool causal;               /* query i sees the keys 0 ... first + i */
  size_t first;
  const void *mask;          /* added to scale · Q Kᵀ, rows mask_stride apart; NULL for none */
  size_t mask_stride;
} nn_attention;

/* What the gradient reads besides, and where it writes: as the tensors themselves lie. */
typedef struct nn_attention_gradient {
  size_t queries, all_keys; /* the gradients of keys that do not count are 0 */
  const void *output, *cotangent, *log_sums;
  size_t output_stride;     /* of the cotangent, too */
  void *query, *key, *value;
} nn_attention_gradient;

/* MARK: - Recurrent networks: all steps of some rows, or one step of some units.

   A cell has G gates: 1 of a plain network, 4 (i, f, g, o) of LSTM, 3 (r, z, n) of GRU. Time comes
   first: [steps, batch, …]. The inputs' part of the gates is given for all steps, or it is computed
   along with the state's: then a row of inputs, a 1 and the state meet panels of the input weights,
   the bias and the hidden weights. */

typedef enum nn_cell : uint8_t {
  NN_CELL_TANH, NN_CELL_RELU, NN_CELL_LSTM,
  NN_CELL_GRU,              /* n = tanh(x + r·(U h + b)) */
  NN_CELL_GRU_RESET_BEFORE  /* n = tanh(x + U (r·h)) */
} nn_cell;

enum { NN_PANEL = 48 };

/* Columns column_begin ..< column_end of a matrix that is packed, whole panels but for the last.
   Column c begins at element c / run · run_stride + c % run · column_stride of the source; its rows
   are term_stride apart. */
typedef struct nn_packing {
  size_t terms, column_begin, column_end;
  size_t run, run_stride, column_stride, term_stride;
} nn_packing;

/* What a pass over a sequence reads and writes. Pointers marked * may be NULL. */
typedef struct nn_recurrent {
  nn_cell cell;
  bool reverse;            /* from the last step to the first */
  size_t steps, batch;
  size_t hidden;           /* units */
  size_t outputs;          /* elements of h: those of its projection, or the units */
  size_t inputs;           /* features of a step; 0: the gates' part is given */
  size_t block;            /* units whose panels lie together; the last block may be smaller */
  size_t block_count;      /* elements of a whole block's panels */
  const int32_t *lengths;  /* *: steps of each row; later ones leave the state as it is, with y = 0 */
  const void *weights;     /* panels of [(inputs + 1 +) outputs, G · hidden] forward: a block's
                              gates side by side, GRU's n apart; backward of
                              [G · hidden, outputs] */
  const void *projection;  /* *: panels of [hidden, outputs], backward of its transpose */
  const void *hidden_bias; /* *: GRU's bias on U h in n */
  const void *x;           /* [steps, batch, inputs], or [.., G · hidden]: their part of the gates */
  const void *h0, *c0;     /* *: the first state; zeros */
  void *y;                 /* *: h of each step */
  void *gates;             /* *: after their functions */
  void *cells;             /* *: LSTM's c of each step */
  void *extra;             /* *: U h + b of GRU's n; r·h; what is projected */
  void *last_h, *last_c;   /* * */
  void *h, *c;             /* kept between calls: h is [2, batch, outputs], c is [batch, hidden] */

  /* Backward alone. */
  const void *dy, *last_dh, *last_dc;  /* * */
  void *d_gates;           /* ∂/∂ the inputs' part of the gates; * with inputs */
  void *d_hidden;          /* ∂/∂(U h + b); d_gates itself but for GRU; NULL with inputs */
  void *d_projected;       /* *: ∂/∂h of each step */
  void *first;             /* *: d_hidden at each row's first step */
  void *dh0, *dc0;         /* * */
} nn_recurrent;

/* A part of the work: some rows, some units, some steps counted as they are taken. */
typedef struct nn_recurrent_part {
  size_t row_begin, row_end, unit_begin, unit_end, step_begin, step_end;
  void *d_weights; /* backward with inputs: sums over the rows' steps of the gradients of the hidden
                      weights [G · hidden, outputs], the input weights and the bias
                      [G · hidden, inputs + 1], and GRU's hidden bias [hidden] */
} nn_recurrent_part;

