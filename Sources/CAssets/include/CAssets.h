#ifndef NN_ASSETS_H
#define NN_ASSETS_H

#include <stddef.h>

/// The bytes of a file that is part of the program.
typedef struct {
  const unsigned char *bytes;
  size_t count;
} nn_asset;

/// The file of that name; no bytes where there is none.
nn_asset nn_find_asset(const char *name);

#endif
