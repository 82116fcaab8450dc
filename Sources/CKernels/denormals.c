/* Flush-to-zero of the calling thread: arithmetic on denormal numbers costs 10 to 100 times more
   than on normal ones, and weights that decay to zero become denormal. */
#include "CKernels.h"

#if defined(__x86_64__)
#include <xmmintrin.h>

/* MXCSR bit 15: results flush to zero; bit 6: denormal operands are treated as zero. */
static const uint32_t flush_bits = 1u << 15 | 1u << 6;

static uint32_t read_control(void) { return _mm_getcsr(); }
static void write_control(uint32_t control) { _mm_setcsr(control); }

#elif defined(__aarch64__)

/* FPCR bit 24 (FZ): operands and results. The register's upper half is reserved. */
static const uint32_t flush_bits = 1u << 24;

static uint32_t read_control(void) {
  uint64_t control;
  __asm__ volatile("mrs %0, fpcr" : "=r"(control));
  return (uint32_t)control;
}

static void write_control(uint32_t control) {
  __asm__ volatile("msr fpcr, %0" : : "r"((uint64_t)control));
}

#else

static const uint32_t flush_bits = 0;

static uint32_t read_control(void) { return 0; }
static void write_control(uint32_t control) { (void)control; }

#endif

uint32_t nn_denormals_flush(void) {
  uint32_t previous = read_control();
  if ((previous & flush_bits) != flush_bits) write_control(previous | flush_bits);
  return previous & flush_bits;
}

void nn_denormals_restore(uint32_t previous) {
  uint32_t control = read_control();
  if ((control & flush_bits) != previous) write_control((control & ~flush_bits) | previous);
}
