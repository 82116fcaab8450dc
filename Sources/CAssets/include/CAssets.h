#ifndef NN_ASSETS_H
#define NN_ASSETS_H

#include <stddef.h>

/// The bytes of a file that is embedded in the program.
typedef struct {
  const unsigned char *bytes;
  size_t count;
} nn_asset;

/// The embedded file of that name; a null pointer and 0 bytes where there is none.
nn_asset nn_find_asset(const char *name);

#endif
