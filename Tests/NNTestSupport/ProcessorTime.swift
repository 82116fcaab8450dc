#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Measures the processor seconds that the calling thread spends on a closure.
///
/// For tests of time limits: unlike wall-clock time it does not depend on other programs.
package func processorSeconds(_ body: () throws -> Void) rethrows -> Double {
  let start = threadProcessorTime()
  try body()
  return threadProcessorTime() - start
}

private func threadProcessorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
