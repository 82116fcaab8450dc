/* The operands of matrix products and convolutions: the structures of their loops in the table. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The left side of a matrix product, [rows, terms] or transposed; strides are in elements. */
typedef struct nn_left_matrix {
  const void *address;
  size_t row_stride, column_stride;
} nn_left_matrix;

/* The right side of a matrix product, [terms, columns], with contiguous columns. With `has_room`, a
   whole vector may be read from any element of a row, past its end. */
typedef struct nn_right_matrix {
  const void *address;
  size_t row_stride;
  bool has_room;
} nn_right_matrix;

/* Matrices of the same shape, `matrix` elements apart. */
typedef struct nn_matrices {
  void *address;
  size_t matrix, row, column;
} nn_matrices;

/* The columns of overlapping rows: rows of `length` that are contiguous in the result and `pitch`
   apart in the right side. With `has_room`, a whole vector may be read from any element of a row,
   past its end; without, there is one row, or its length is a multiple of 16. */
typedef struct nn_columns {
  size_t rows, length, pitch;
  bool has_room;
} nn_columns;

/* The positions that `product_shifted` sums over: `count` images of `rows` rows of `length`, with
   the strides between images and between rows of the left side. */
typedef struct nn_segments {
  size_t count, rows, length;
  size_t stride, pitch;
} nn_segments;
