/* Every body for one floating-point type and one instruction set. */
#include "types.inc.h"

#include "vector.inc.h"

#include "exponential.inc.h"
#include "logarithm.inc.h"
#include "error_function.inc.h"
#include "trigonometry.inc.h"
#include "power.inc.h"
#include "gelu.inc.h"

#include "elementwise.inc.h"

/* The kernels, without the rows of their table. */
#define NN_QUOTED(path) #path
#define NN_BODY(name) NN_QUOTED(../CInstructionSets/bodies/name.inc.h)
#define NN_KERNEL(result, name, arguments)
#include "kernel_list.h"
#undef NN_KERNEL
#undef NN_BODY
#undef NN_QUOTED

#include "table.inc.h"

#undef GELU_RATE
#undef GELU_CUBIC
#undef LN2_HIGH
#undef LN2_LOW
#undef LOG2_E
#undef EXP_LOWEST
#undef EXP_HIGHEST
#undef EXPM1_LOWEST
#undef SQRT_HALF
#undef POLYNOMIAL
#undef ROUNDING_SHIFT
#undef EACH_LANE
#undef real
#undef integer
#undef vector
#undef integers
#undef lanes
#undef FN
#undef WIDTH
#undef REAL_MANTISSA
#undef REAL_BIAS
#undef REAL_MINIMUM
#undef TABLE_NAME
