
/* The worker pool: one job at a time, divided into chunks that any thread of the pool may claim.
   The caller publishes a job, works on it like the workers, and waits only for chunks that others
   have claimed and not yet finished. A worker that the system has descheduled therefore delays a
   job only if it holds a chunk of it. */
#include "CKernels.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>

#if defined(__linux__)
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

enum {
  CACHE_LINE = 64,
  MAX_THREADS = 1024,
  /* The time of spinning before parking. Waking a parked thread was measured at 25 to 50 µs on
     virtual machines; spinning for about as long costs at most twice the optimum. */
  SPIN_NANOSECONDS = 50000,
  SPINS_BETWEEN_CLOCKS = 32
};

/* The job is written before the claim word that announces it and read before the compare-exchange
   that claims from it. That exchange succeeds only if no chunk was claimed in between, so the job
   cannot have ended, let alone been replaced: what was read belongs to the claimed chunk. */
static struct {
  /* High half: the job's number. Low half: its chunks not yet claimed. The number keeps a thread
     that read the word of one job from claiming a chunk of a later one. */
  _Alignas(CACHE_LINE) _Atomic uint64_t claim;
  _Atomic(nn_chunk_body) body;
  _Atomic(void *) context;
  _Atomic uint32_t count;
  _Atomic uint32_t width; /* threads that may take part; worker ids are below it */

  /* Chunks not yet finished. */
  _Alignas(CACHE_LINE) _Atomic uint32_t pending;
  _Atomic uint32_t caller_parked;

  /* Counts jobs; parked workers wait for it to change. */
  _Alignas(CACHE_LINE) _Atomic uint32_t bell;
  _Atomic uint32_t parked;

  _Alignas(CACHE_LINE) atomic_flag held;
  _Atomic uint32_t threads;
  uint32_t job_number; /* these two are accessed only by the holder of the pool */
  uint32_t started;
} pool = {.held = ATOMIC_FLAG_INIT, .threads = 1};

/* MARK: - Waiting */

#if defined(__linux__)

/* Sleeps while *word == expected; may return early. */
static void park(_Atomic uint32_t *word, uint32_t expected) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, NULL, NULL, 0);
}

static void unpark(_Atomic uint32_t *word, uint32_t threads) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, threads, NULL, NULL, 0);
}

#else

static pthread_mutex_t parking_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t parking_condition = PTHREAD_COND_INITIALIZER;

static void park(_Atomic uint32_t *word, uint32_t expected) {
  pthread_mutex_lock(&parking_mutex);
  if (atomic_load(word) == expected) pthread_cond_wait(&parking_condition, &parking_mutex);
  pthread_mutex_unlock(&parking_mutex);
}

static void unpark(_Atomic uint32_t *word, uint32_t threads) {
  (void)word, (void)threads;
  pthread_mutex_lock(&parking_mutex);
  pthread_cond_broadcast(&parking_condition);
  pthread_mutex_unlock(&parking_mutex);
}

#endif

static void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  /* `yield` does nothing on most cores; the barrier pauses for about ten nanoseconds. */
  __asm__ volatile("isb" ::: "memory");
#endif
}

/* Spins while *word == value (or, with `until`, while it differs), for a limited time; returns
   whether the wait is over. */
static bool spin(_Atomic uint32_t *word, uint32_t value, bool until) {
  if ((atomic_load(word) == value) == until) return true;
  struct timespec start, now;
  clock_gettime(CLOCK_MONOTONIC, &start);
  do {
    for (int k = 0; k < SPINS_BETWEEN_CLOCKS; k++) {
      if ((atomic_load(word) == value) == until) return true;
      relax();
    }
    clock_gettime(CLOCK_MONOTONIC, &now);
  } while ((int64_t)(now.tv_sec - start.tv_sec) * 1000000000 + now.tv_nsec - start.tv_nsec <
           SPIN_NANOSECONDS);
  return false;
}

/* MARK: - Working */

/* Claims and runs chunks until none is left. */
static void take_part(uint32_t worker) {
  uint32_t finished = 0;
  uint64_t claim = atomic_load_explicit(&pool.claim, memory_order_acquire);
  while ((uint32_t)claim != 0) {
    nn_chunk_body body = atomic_load_explicit(&pool.body, memory_order_relaxed);
    void *context = atomic_load_explicit(&pool.context, memory_order_relaxed);
    uint32_t count = atomic_load_explicit(&pool.count, memory_order_relaxed);
    uint32_t width = atomic_load_explicit(&pool.width, memory_order_relaxed);
    if (worker >= width) break;
    if (!atomic_compare_exchange_weak_explicit(&pool.claim, &claim, claim - 1,
                                               memory_order_acq_rel, memory_order_acquire)) {
      continue;
    }
    body(context, count - (uint32_t)claim, worker);
    finished += 1;
    claim = atomic_load_explicit(&pool.claim, memory_order_acquire);
  }
  if (finished == 0) return;
  if (atomic_fetch_sub(&pool.pending, finished) == finished && atomic_load(&pool.caller_parked)) {
    unpark(&pool.pending, 1);
  }
}

static void *worker_main(void *argument) {
  uint32_t worker = (uint32_t)(uintptr_t)argument;
  nn_denormals_flush();
  for (;;) {
    uint32_t heard = atomic_load(&pool.bell);
    take_part(worker);
    if (spin(&pool.bell, heard, false)) continue;
    atomic_fetch_add(&pool.parked, 1);
    if (atomic_load(&pool.bell) == heard) park(&pool.bell, heard);
    atomic_fetch_sub(&pool.parked, 1);
  }
  return NULL;
}

/* Starts workers up to `width` − 1. If the system refuses a thread, the existing ones do the work,
   and the next job tries again. */
static void start_workers(uint32_t width) {
  if (pool.started + 1 >= width) return;
  /* Workers inherit the mask: signals are delivered to the other threads of the program. */
  sigset_t all, previous;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &previous);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  while (pool.started + 1 < width) {
    pthread_t thread;
    void *worker = (void *)(uintptr_t)(pool.started + 1);
    if (pthread_create(&thread, &attributes, worker_main, worker) != 0) break;
    pool.started += 1;
  }
  pthread_attr_destroy(&attributes);
  pthread_sigmask(SIG_SETMASK, &previous, NULL);
}

static void publish(uint32_t count, uint32_t width, nn_chunk_body body, void *context) {
  atomic_store_explicit(&pool.body, body, memory_order_relaxed);
  atomic_store_explicit(&pool.context, context, memory_order_relaxed);
  atomic_store_explicit(&pool.count, count, memory_order_relaxed);
  atomic_store_explicit(&pool.width, width, memory_order_relaxed);
  atomic_store_explicit(&pool.pending, count, memory_order_relaxed);
  pool.job_number += 1;
  atomic_store_explicit(&pool.claim, (uint64_t)pool.job_number << 32 | count,
                        memory_order_release);
  atomic_fetch_add(&pool.bell, 1);
  if (atomic_load(&pool.parked) == 0) return;
  uint32_t wanted = (count < width ? count : width) - 1;
  /* A surplus worker (from a larger number of threads before) must not consume the wake-up of a
     needed one. */
  unpark(&pool.bell, pool.started + 1 > width ? MAX_THREADS : wanted);
}

static void await_chunks_in_flight(void) {
  if (spin(&pool.pending, 0, true)) return;
  atomic_store(&pool.caller_parked, 1);
  uint32_t left;
  while ((left = atomic_load(&pool.pending)) != 0) park(&pool.pending, left);
  atomic_store(&pool.caller_parked, 0);
}

/* MARK: - Interface */

void nn_pool_set_threads(size_t threads) {
  uint32_t bounded = threads < 1 ? 1 : threads > MAX_THREADS ? MAX_THREADS : (uint32_t)threads;
  atomic_store(&pool.threads, bounded);
}

size_t nn_pool_threads(void) { return atomic_load(&pool.threads); }

/* Swift reads size_t as a signed number. */
static _Thread_local size_t calling_limit = PTRDIFF_MAX;

size_t nn_pool_limit_caller(size_t limit) {
  size_t previous = calling_limit;
  calling_limit = limit;
  return previous;
}

void nn_pool_run(size_t count, size_t limit, nn_chunk_body body, void *context) {
  /* The caller's chunks must round like the workers', or results would depend on the assignment. */
  uint32_t previous = nn_denormals_flush();
  uint32_t width = atomic_load(&pool.threads);
  if (limit > calling_limit) limit = calling_limit;
  if (width > limit) width = (uint32_t)limit;
  if (width <= 1 || count <= 1 || count > UINT32_MAX
      || atomic_flag_test_and_set_explicit(&pool.held, memory_order_acquire)) {
    for (size_t chunk = 0; chunk < count; chunk++) body(context, chunk, 0);
  } else {
    start_workers(width);
    publish((uint32_t)count, width, body, context);
    take_part(0);
    await_chunks_in_flight();
    atomic_flag_clear_explicit(&pool.held, memory_order_release);
  }
  nn_denormals_restore(previous);
}
