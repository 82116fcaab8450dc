/* Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011), one block per lane. */

#if NN_REAL_BITS == 64

enum { philox_lanes = NN_VECTOR_BYTES == 0 ? 2 : NN_VECTOR_BYTES / 8 };

/* 32-bit words in 64-bit lanes, for 64-bit products. */
typedef uint64_t philox_words __attribute__((ext_vector_type(philox_lanes)));

typedef struct philox_block {
  philox_words word[4];
} philox_block;

/* Blocks first, first + 1, …, one per lane. */
NN_INLINE philox_block philox_blocks(
    uint64_t seed, uint32_t stream, uint32_t step, uint64_t first) {
  const philox_words low = (philox_words)(0xFFFFFFFFull);
  uint64_t numbers[philox_lanes];
  for (int k = 0; k < philox_lanes; k++) numbers[k] = first + (uint64_t)k;
  philox_words index;
  memcpy(&index, numbers, sizeof index);
  philox_block block = {
      {index & low, index >> 32, (philox_words)((uint64_t)stream), (philox_words)((uint64_t)step)}};
  uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
#pragma clang loop unroll(full)
  for (int round = 0; round < 10; round++) {
    const philox_words a = (block.word[0] & low) * 0xD2511F53ull;
    const philox_words b = (block.word[2] & low) * 0xCD9E8D57ull;
    block.word[0] = (b >> 32) ^ block.word[1] ^ (uint64_t)key0;
    block.word[2] = (a >> 32) ^ block.word[3] ^ (uint64_t)key1;
    block.word[1] = b & low;
    block.word[3] = a & low;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return block;
}

typedef int32_t philox_fractions __attribute__((ext_vector_type(philox_lanes)));
typedef double philox_doubles __attribute__((ext_vector_type(philox_lanes)));

/* Exact conversion of integers below 2^52: they become the fraction of a number with exponent
   52. */
NN_INLINE philox_doubles philox_whole(philox_words words) {
  words |= 0x4330000000000000ull;
  philox_doubles numbers;
  memcpy(&numbers, &words, sizeof numbers);
  return numbers - 0x1p52;
}

#endif

typedef real FN(philox_one) __attribute__((ext_vector_type(philox_lanes)));
typedef real FN(philox_two) __attribute__((ext_vector_type(2 * philox_lanes)));
typedef real FN(philox_four) __attribute__((ext_vector_type(4 * philox_lanes)));

/* The words' upper 24 bits as numbers in [0, 1), in the order of the sequence. */
NN_INLINE void FN(philox_numbers)(real *target, philox_block block) {
  FN(philox_one) parts[4];
#pragma clang loop unroll(full)
  for (int w = 0; w < 4; w++) {
    const philox_fractions top = __builtin_convertvector(block.word[w] >> 8, philox_fractions);
    parts[w] = __builtin_convertvector(top, FN(philox_one)) * (real)0x1p-24;
  }
  FN(philox_two) even, odd;
  even.even = parts[0];
  even.odd = parts[2];
  odd.even = parts[1];
  odd.odd = parts[3];
  FN(philox_four) numbers;
  numbers.even = even;
  numbers.odd = odd;
  memcpy(target, &numbers, sizeof numbers);
}

static void FN(random_uniform)(
    void *dst, uint64_t seed, uint32_t stream, uint32_t step, uint64_t begin, uint64_t end) {
  real *target = dst;
  while (begin < end) {
    const uint64_t first = begin >> 2;
    const philox_block block = philox_blocks(seed, stream, step, first);
    real numbers[4 * philox_lanes];
    FN(philox_numbers)(numbers, block);
    const uint64_t skip = begin - 4 * first;
    const uint64_t limit = 4 * philox_lanes - skip;
    const uint64_t count = end - begin < limit ? end - begin : limit;
    if (count == 4 * philox_lanes) {
      memcpy(target, numbers, sizeof numbers);
    } else {
      memcpy(target, numbers + skip, count * sizeof(real));
    }
    target += count;
    begin += count;
  }
}

/* The upper 53 bits of each block as a number in [0, 1). */
static void FN(random_precise)(
    void *dst, uint64_t seed, uint32_t stream, uint32_t step, uint64_t begin, uint64_t end) {
  real *target = dst;
  while (begin < end) {
    const philox_block block = philox_blocks(seed, stream, step, begin);
    const philox_doubles bits =
        philox_whole(block.word[0]) * 0x1p21 + philox_whole(block.word[1] >> 11);
    const FN(philox_one) numbers = __builtin_convertvector(bits * 0x1p-53, FN(philox_one));
    const uint64_t count = end - begin < philox_lanes ? end - begin : philox_lanes;
    memcpy(target, &numbers, count * sizeof(real));
    target += count;
    begin += count;
  }
}
