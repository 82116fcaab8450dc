/* The names that bodies use for the floating-point type.

   real      float or double
   integer   the signed integer of the same size
   vector    WIDTH reals in one register (a single one on the scalar path)
   integers  WIDTH integers; comparisons of vectors result in such masks, all ones for true
   FN(name)  the name of a function or type of this instance */
#define NN_JOIN2(a, b) a##b
#define NN_JOIN(a, b) NN_JOIN2(a, b)

#if NN_REAL_BITS == 64
#define real double
#define integer int64_t
#define FN(name) NN_JOIN(name, _f64)
#define REAL_MANTISSA 52
#define REAL_BIAS 1023
#define REAL_MINIMUM 0x1p-1022
#else
#define real float
#define integer int32_t
#define FN(name) NN_JOIN(name, _f32)
#define REAL_MANTISSA 23
#define REAL_BIAS 127
#define REAL_MINIMUM 0x1p-126f
#endif

#define TABLE_NAME NN_JOIN(NN_JOIN(nn_, NN_ISA), FN())

enum {
  FN(width) = NN_VECTOR_BYTES == 0 ? 1 : NN_VECTOR_BYTES / (int)sizeof(real),
};
#define WIDTH FN(width)

typedef real FN(vector_type) __attribute__((ext_vector_type(WIDTH)));
typedef integer FN(integers_type) __attribute__((ext_vector_type(WIDTH)));
#define vector FN(vector_type)
#define integers FN(integers_type)
