/* The operands of attention and recurrent networks: the structures of their loops in the table. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* MARK: - Attention. */

/* One head of one example: softmax(scale · Q Kᵀ + mask) V. Strides are between positions, in
   elements. */
typedef struct nn_attention {
  const void *query, *key, *value;
  size_t query_stride, key_stride, value_stride;
  size_t keys;               /* valid keys */
  size_t depth, value_depth; /* elements of a query or key, and of a value */
  double scale;              /* above 0 */
  bool causal;               /* query i attends to the keys 0 ... first + i */
  size_t first;
  const void *mask;          /* added to scale · Q Kᵀ, rows mask_stride apart; NULL for none */
  size_t mask_stride;
} nn_attention;

/* The additional inputs of the gradient, and the results, which have the layout of the tensors. */
typedef struct nn_attention_gradient {
  size_t queries, all_keys; /* the gradients of invalid keys are 0 */
  const void *output, *cotangent, *log_sums;
  size_t output_stride;     /* also of the cotangent */
  void *query, *key, *value;
} nn_attention_gradient;


/* MARK: - Recurrent networks: all steps of some examples, or one step of some units.
   A cell has G gates: 1 for a plain RNN, 4 (i, f, g, o) for LSTM, 3 (r, z, n) for GRU. Time is the
   first axis: [steps, batch, …]. The inputs' part of the gates is given for all steps, or computed
   together with the state's: then a row of inputs, a 1 and the state is multiplied with panels of
   the input weights, the bias and the hidden weights. */

typedef enum nn_cell : uint8_t {
  NN_CELL_TANH, NN_CELL_RELU, NN_CELL_LSTM,
  NN_CELL_GRU,              /* n = tanh(x + r·(U h + b)) */
  NN_CELL_GRU_RESET_BEFORE  /* n = tanh(x + U (r·h)) */
} nn_cell;

enum { NN_PANEL = 48 };

/* Columns column_begin ..< column_end of a matrix to pack; whole panels except for the last.
   Column c begins at element c / run · run_stride + c % run · column_stride of the source; its rows
   are term_stride apart. */
typedef struct nn_packing {
  size_t terms, column_begin, column_end;
  size_t run, run_stride, column_stride, term_stride;
} nn_packing;

/* The operands of a pass over a sequence. Pointers marked * may be NULL. */
typedef struct nn_recurrent {
  nn_cell cell;
  bool reverse;            /* from the last step to the first */
  size_t steps, batch;
  size_t hidden;           /* units */
  size_t outputs;          /* elements of h: those of its projection, or the units */
  size_t inputs;           /* features of a step; 0: the gates' part is given */
  size_t block;            /* units with contiguous panels; the last block may be smaller */
  size_t block_count;      /* elements of a whole block's panels */
  const int32_t *lengths;  /* *: steps of each example; later ones keep the state, with y = 0 */
  const void *weights;     /* panels of [(inputs + 1 +) outputs, G · hidden] forward: a block's
                              gates side by side, GRU's n apart; backward of
                              [G · hidden, outputs] */
  const void *projection;  /* *: panels of [hidden, outputs], backward of its transpose */
  const void *hidden_bias; /* *: GRU's bias on U h in n */
  const void *x;           /* [steps, batch, inputs], or [.., G · hidden]: their part of the gates */
  const void *h0, *c0;     /* *: the first state; zeros */
  void *y;                 /* *: h of each step */
  void *gates;             /* *: after their activation functions */
  void *cells;             /* *: LSTM's c of each step */
  void *extra;             /* *: U h + b of GRU's n; r·h; the input of the projection */
  void *last_h, *last_c;   /* * */
  void *h, *c;             /* kept between calls: h is [2, batch, outputs], c is [batch, hidden] */

  /* Only backward. */
  const void *dy, *last_dh, *last_dc;  /* * */
  void *d_gates;           /* ∂/∂ the inputs' part of the gates; * with inputs */
  void *d_hidden;          /* ∂/∂(U h + b); d_gates itself except for GRU; NULL with inputs */
  void *d_projected;       /* *: ∂/∂h of each step */
  void *first;             /* *: d_hidden at each example's first step */
  void *dh0, *dc0;         /* * */
} nn_recurrent;

/* A part of the work: ranges of examples, units and steps, which are counted in the order of
   execution. */
typedef struct nn_recurrent_part {
  size_t row_begin, row_end, unit_begin, unit_end, step_begin, step_end;
  void *d_weights; /* backward with inputs: sums over all steps of the gradients of the hidden
                      weights [G · hidden, outputs], the input weights and the bias
                      [G · hidden, inputs + 1], and GRU's hidden bias [hidden] */
} nn_recurrent_part;

