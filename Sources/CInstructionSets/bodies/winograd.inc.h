/* Winograd's minimal filtering F(4×4, 3×3): sixteen sums of nine products from 36 multiplications
   instead of 144.

   Polynomials are multiplied by their values at 0, ±a, ±b and infinity. With a = 3/4, b = 3/2 the
   constants of the input and output transforms are exact, and the rounding error is half of that
   with the usual 1 and 2 (B. Barabasz et al., "Error Analysis and Improving the Accuracy of
   Winograd Convolution for Deep Neural Networks", 2020). Every transform is applied to the columns
   of a tile, then to its rows; the lanes of a vector are channels. */

#define POINT_A 0.75
#define POINT_B 1.5
#define A2 (POINT_A * POINT_A)
#define B2 (POINT_B * POINT_B)
#define SCALED(constant, x) ((vector)((real)(constant)) * (x))
#define SCALED_PLUS(constant, x, y) FN(fma)((vector)((real)(constant)), x, y)

/* Values of a polynomial of degree 5 whose quotients by (x − point) these are. */
NN_INLINE void FN(winograd_input)(vector *out, const vector *in) {
  out[0] = SCALED_PLUS(A2 * B2, in[0], SCALED_PLUS(-(A2 + B2), in[2], in[4]));
  const vector even_a = SCALED_PLUS(-B2, in[2], in[4]), odd_a = SCALED_PLUS(-B2, in[1], in[3]);
  out[1] = SCALED_PLUS(POINT_A, odd_a, even_a);
  out[2] = SCALED_PLUS(-POINT_A, odd_a, even_a);
  const vector even_b = SCALED_PLUS(-A2, in[2], in[4]), odd_b = SCALED_PLUS(-A2, in[1], in[3]);
  out[3] = SCALED_PLUS(POINT_B, odd_b, even_b);
  out[4] = SCALED_PLUS(-POINT_B, odd_b, even_b);
  out[5] = SCALED_PLUS(A2 * B2, in[1], SCALED_PLUS(-(A2 + B2), in[3], in[5]));
}

/* Values of in[0] + in[1]·x + in[2]·x², over the products of distances between the points. */
#define NORM_0 (1 / (A2 * B2))
#define NORM_A (1 / (2 * A2 * (A2 - B2)))
#define NORM_B (1 / (2 * B2 * (B2 - A2)))
NN_INLINE void FN(winograd_weight)(vector *out, const vector *in) {
  out[0] = SCALED(NORM_0, in[0]);
  const vector even_a = SCALED_PLUS(NORM_A * A2, in[2], SCALED(NORM_A, in[0]));
  out[1] = SCALED_PLUS(NORM_A * POINT_A, in[1], even_a);
  out[2] = SCALED_PLUS(-NORM_A * POINT_A, in[1], even_a);
  const vector even_b = SCALED_PLUS(NORM_B * B2, in[2], SCALED(NORM_B, in[0]));
  out[3] = SCALED_PLUS(NORM_B * POINT_B, in[1], even_b);
  out[4] = SCALED_PLUS(-NORM_B * POINT_B, in[1], even_b);
  out[5] = in[2];
}

/* The adjoint of `winograd_weight`. */
NN_INLINE void FN(winograd_weight_gradient)(vector *out, const vector *in) {
  const vector sum_a = in[1] + in[2], difference_a = in[1] - in[2];
  const vector sum_b = in[3] + in[4], difference_b = in[3] - in[4];
  out[0] = SCALED_PLUS(NORM_A, sum_a, SCALED_PLUS(NORM_B, sum_b, SCALED(NORM_0, in[0])));
  out[1] = SCALED_PLUS(NORM_A * POINT_A, difference_a, SCALED(NORM_B * POINT_B, difference_b));
  out[2] = SCALED_PLUS(NORM_A * A2, sum_a, SCALED_PLUS(NORM_B * B2, sum_b, in[5]));
}

/* Coefficients 0 to 3 of the product from its values at the points. */
NN_INLINE void FN(winograd_result)(vector *out, const vector *in) {
  const vector sum_a = in[1] + in[2], difference_a = in[1] - in[2];
  const vector sum_b = in[3] + in[4], difference_b = in[3] - in[4];
  out[0] = in[0] + sum_a + sum_b;
  out[1] = SCALED_PLUS(POINT_A, difference_a, SCALED(POINT_B, difference_b));
  out[2] = SCALED_PLUS(A2, sum_a, SCALED(B2, sum_b));
  out[3] = SCALED_PLUS(
      POINT_A * A2, difference_a, SCALED_PLUS(POINT_B * B2, difference_b, in[5]));
}

/* The adjoint of `winograd_result`. */
NN_INLINE void FN(winograd_cotangent)(vector *out, const vector *in) {
  out[0] = in[0];
  const vector even_a = SCALED_PLUS(A2, in[2], in[0]);
  const vector odd_a = SCALED_PLUS(POINT_A * A2, in[3], SCALED(POINT_A, in[1]));
  out[1] = even_a + odd_a;
  out[2] = even_a - odd_a;
  const vector even_b = SCALED_PLUS(B2, in[2], in[0]);
  const vector odd_b = SCALED_PLUS(POINT_B * B2, in[3], SCALED(POINT_B, in[1]));
  out[3] = even_b + odd_b;
  out[4] = even_b - odd_b;
  out[5] = in[3];
}

/* The transform of tiles of from × from elements to to × to, along both axes. */
#define TILES(name, from, to)                                                                \
  static void FN(name##_tiles)(                                                              \
      real *dst, const nn_tile_strides *d, const real *src, const nn_tile_strides *s,        \
      size_t count, size_t depth) {                                                          \
    for (size_t tile = 0; tile < count; tile++, dst += d->tile, src += s->tile) {            \
      for (ptrdiff_t lane = 0; lane < (ptrdiff_t)depth; lane += WIDTH) {                     \
        vector in[from], out[to], half[to][from];                                            \
        _Pragma("clang loop unroll(full)") for (int c = 0; c < from; c++) {                  \
          _Pragma("clang loop unroll(full)") for (int r = 0; r < from; r++) {                \
            in[r] = FN(load)(src + lane + r * s->row + c * s->column);                       \
          }                                                                                  \
          FN(name)(out, in);                                                                 \
          _Pragma("clang loop unroll(full)") for (int r = 0; r < to; r++) half[r][c] = out[r];\
        }                                                                                    \
        _Pragma("clang loop unroll(full)") for (int r = 0; r < to; r++) {                    \
          FN(name)(out, half[r]);                                                            \
          _Pragma("clang loop unroll(full)") for (int c = 0; c < to; c++) {                  \
            FN(store)(dst + lane + r * d->row + c * d->column, out[c]);                      \
          }                                                                                  \
        }                                                                                    \
      }                                                                                      \
    }                                                                                        \
  }
TILES(winograd_input, 6, 6)
TILES(winograd_weight, 3, 6)
TILES(winograd_weight_gradient, 6, 3)
TILES(winograd_result, 6, 4)
TILES(winograd_cotangent, 4, 6)
#undef TILES

static void FN(winograd)(
    nn_winograd transform, void *dst, const nn_tile_strides *dst_strides, const void *src,
    const nn_tile_strides *src_strides, size_t count, size_t depth) {
  switch (transform) {
#define CASE(key, name)                                                               \
  case key:                                                                           \
    FN(name##_tiles)(dst, dst_strides, src, src_strides, count, depth);                \
    return;
    CASE(NN_WINOGRAD_INPUT, winograd_input)
    CASE(NN_WINOGRAD_WEIGHT, winograd_weight)
    CASE(NN_WINOGRAD_WEIGHT_GRADIENT, winograd_weight_gradient)
    CASE(NN_WINOGRAD_RESULT, winograd_result)
    CASE(NN_WINOGRAD_COTANGENT, winograd_cotangent)
#undef CASE
  }
}

#undef POINT_A
#undef POINT_B
#undef A2
#undef B2
#undef NORM_0
#undef NORM_A
#undef NORM_B
#undef SCALED
#undef SCALED_PLUS
