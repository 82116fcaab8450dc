public import NNCore

extension BLAS {
  /// The speed of large GEMMs, in GFLOP/s (10⁹ floating-point operations per second).
  public struct Peak: Sendable, Hashable {
    /// On the calling thread alone.
    public let oneThread: Double
    /// On ``threads`` threads together, each with its own matrices.
    public let allThreads: Double
    /// The number of threads of the worker pool, at most the number of CPUs.
    public let threads: Int
  }

  /// Measures GEMMs of 512×512 matrices and reports the best rate.
  ///
  /// - Parameters:
  ///   - dtype: `.float32` or `.float64`.
  ///   - seconds: how long to measure; one half for each of the two rates.
  public static func measuredPeak(dtype: DType = .float32, seconds: Double = 0.2) -> Peak {
    let threads = min(WorkerPool.threads, ThreadCount.availableCPUs)
    return Peak(
      oneThread: rate(dtype: dtype, threads: 1, seconds: seconds / 2),
      allThreads: rate(dtype: dtype, threads: threads, seconds: seconds / 2), threads: threads)
  }

  private static func rate(dtype: DType, threads: Int, seconds: Double) -> Double {
    let size = 512
    let matrixBytes = size * size * dtype.byteCount
    let memory = Storage(byteCount: 3 * matrixBytes * threads)
    let job = ParallelBody { chunk, _ in
      let a = memory.address + 3 * matrixBytes * chunk
      gemm(
        dtype, m: size, n: size, k: size, a: a, lda: size, b: a + matrixBytes, ldb: size,
        c: a + 2 * matrixBytes, ldc: size)
    }
    let operations = 2.0 * Double(size * size * size * threads)
    let clock = ContinuousClock()
    let start = clock.now
    var best = 0.0
    repeat {
      let elapsed = clock.measure { WorkerPool.run(threads, job, upTo: threads) } / .seconds(1)
      best = max(best, operations / elapsed / 1e9)
    } while start.duration(to: clock.now) / .seconds(1) < seconds
    return best
  }
}
