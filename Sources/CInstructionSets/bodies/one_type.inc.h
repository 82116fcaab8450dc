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
#include "rows.inc.h"
#include "softmax.inc.h"
#include "copy.inc.h"
#include "program.inc.h"
#include "reduce.inc.h"
#include "argmax.inc.h"
#include "product.inc.h"
#include "product_shifted.inc.h"
#include "attention.inc.h"
#include "recurrent_product.inc.h"
#include "recurrent.inc.h"
#include "recurrent_backward.inc.h"
#include "moments.inc.h"
#include "layer_norm.inc.h"
#include "frames.inc.h"
#include "channels_last.inc.h"
#include "winograd.inc.h"
#include "max_pool.inc.h"
#include "average_pool.inc.h"
#include "adaptive_pool.inc.h"
#include "along.inc.h"
#include "gather.inc.h"
#include "random.inc.h"
#include "convert.inc.h"

#include "table.inc.h"

#undef GELU_RATE
#undef GELU_BEND
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
