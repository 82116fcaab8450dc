import NNKernels

/// The machine's peaks on the threads in use, measured in the same run as the workloads.
struct MachinePeak: Sendable {
  /// GFLOP/s (10⁹ multiplications and additions per second) of large GEMMs.
  let gigaflops: Double
  /// GB/s (10⁹ bytes per second) between memory and processor.
  let gigabytesPerSecond: Double

  /// Measures both; takes about a second, and memory that is freed afterwards.
  static func measure() -> MachinePeak {
    MachinePeak(
      gigaflops: BLAS.measuredPeak().allThreads,
      gigabytesPerSecond: MemoryBandwidth.gigabytesPerSecond())
  }
}
