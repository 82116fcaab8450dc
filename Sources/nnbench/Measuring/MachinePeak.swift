import NNKernels

/// What this machine does at best on the threads in use, measured in the same run as the workloads.
struct MachinePeak: Sendable {
  /// 10⁹ multiplications and additions a second in large matrix products.
  let gigaflops: Double
  /// 10⁹ bytes a second between memory and processor.
  let gigabytesPerSecond: Double

  /// Measures both; takes about a second, and memory that is given back.
  static func measure() -> MachinePeak {
    MachinePeak(
      gigaflops: BLAS.measuredPeak().allThreads,
      gigabytesPerSecond: MemoryBandwidth.gigabytesPerSecond())
  }
}
