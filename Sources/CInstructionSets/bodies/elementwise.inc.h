/* The element-wise functions: whole vectors, then one partial vector, so that an element's bits do
   not depend on its position. */

NN_INLINE vector FN(one_or_zero)(integers condition) {
  return condition ? (vector)((real)1) : (vector)((real)0);
}

NN_INLINE vector FN(sign)(vector a) {
  return FN(one_or_zero)(a > 0) - FN(one_or_zero)(a < 0);
}

NN_INLINE vector FN(maximum)(vector a, vector b) { return ((a > b) | (a != a)) ? a : b; }
NN_INLINE vector FN(minimum)(vector a, vector b) { return ((a < b) | (a != a)) ? a : b; }

#define LOOP(name, load_operands, expression)                                              \
  static void FN(name##_loop)(                                                             \
      void *dst, const void *first, const void *second, const void *third, size_t count) { \
    real *target = dst;                                                                    \
    (void)second, (void)third;                                                             \
    size_t i = 0;                                                                          \
    for (; i + WIDTH <= count; i += WIDTH) {                                               \
      load_operands(WHOLE) FN(store)(target + i, expression);                              \
    }                                                                                      \
    if (i < count) {                                                                       \
      load_operands(PART) FN(store_part)(target + i, expression, count - i);               \
    }                                                                                      \
  }
#define WHOLE(source) FN(load)((const real *)source + i)
#define PART(source) FN(load_part)((const real *)source + i, count - i, 0)
#define ONE(take) const vector a = take(first);
#define TWO(take) ONE(take) const vector b = take(second);
#define THREE(take) TWO(take) const vector c = take(third);

LOOP(copy, ONE, a)
LOOP(negate, ONE, -a)
LOOP(abs, ONE, FN(magnitude)(a))
LOOP(sign, ONE, FN(sign)(a))
LOOP(square, ONE, a * a)
LOOP(sqrt, ONE, __builtin_elementwise_sqrt(a))
LOOP(reciprocal, ONE, 1 / a)
LOOP(floor, ONE, __builtin_elementwise_floor(a))
LOOP(exp, ONE, FN(exp)(a))
LOOP(expm1, ONE, FN(expm1)(a))
LOOP(log, ONE, FN(log)(a))
LOOP(log1p, ONE, FN(log1p)(a))
LOOP(tanh, ONE, FN(tanh)(a))
LOOP(sigmoid, ONE, FN(sigmoid)(a))
LOOP(erf, ONE, FN(erf)(a))
LOOP(sin, ONE, FN(sin)(a))
LOOP(cos, ONE, FN(cos)(a))
LOOP(relu, ONE, a <= 0 ? (vector)((real)0) : a)
LOOP(step, ONE, FN(one_or_zero)(a >= 0))
LOOP(softplus, ONE, FN(softplus)(a))
LOOP(is_finite, ONE, FN(one_or_zero)(FN(magnitude)(a) < (vector)((real)INFINITY)))
LOOP(gelu, ONE, FN(gelu)(a))
LOOP(gelu_tanh, ONE, FN(gelu_tanh)(a))
LOOP(add, TWO, a + b)
LOOP(subtract, TWO, a - b)
LOOP(multiply, TWO, a * b)
LOOP(divide, TWO, a / b)
LOOP(maximum, TWO, FN(maximum)(a, b))
LOOP(minimum, TWO, FN(minimum)(a, b))
LOOP(power, TWO, FN(power)(a, b))
LOOP(greater, TWO, FN(one_or_zero)(a > b))
LOOP(greater_equal, TWO, FN(one_or_zero)(a >= b))
LOOP(equal, TWO, FN(one_or_zero)(a == b))
LOOP(relu_gradient, TWO, b > 0 ? a : (vector)((real)0))
LOOP(gelu_gradient, TWO, a * FN(gelu_derivative)(b))
LOOP(gelu_tanh_gradient, TWO, a * FN(gelu_tanh_derivative)(b))
LOOP(select, THREE, a != 0 ? b : c)
LOOP(multiply_add, THREE, FN(fma)(a, b, c))

#undef LOOP
#undef WHOLE
#undef PART
#undef ONE
#undef TWO
#undef THREE

static const nn_elementwise FN(elementwise)[NN_OPCODE_COUNT] = {
#define ENTRY(opcode, name) [opcode] = FN(name##_loop),
#include "opcodes.inc.h"
#undef ENTRY
};
