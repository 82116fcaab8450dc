import NNCore
import NNKernels

/// The measurements of one workload.
struct BenchmarkReport: Encodable {
  /// The workload's name; `mlp-infer64` for forward passes with batch size 64.
  let workload: String
  let framework = "neuralnet"
  let version = Version.current
  let threads: Int
  /// OpenBLAS's core type.
  let core: String
  /// The median step, in milliseconds.
  let milliseconds: Double
  /// The fastest step, in milliseconds.
  let fastestMilliseconds: Double
  /// The slowest step, in milliseconds.
  let slowestMilliseconds: Double
  let samplesPerSecond: Double
  /// The peak memory of the process while this workload was built and timed; nil where the system
  /// does not report it.
  let residentMiB: Int?
  /// GFLOP/s (10⁹ multiplications and additions per second) of GEMMs and convolutions, by the
  /// median; nil for memory-bound workloads.
  let gigaflops: Double?
  /// Picoseconds per multiply–accumulate, by the median; nil as above.
  let picosecondsPerMultiplyAdd: Double?
  /// GB/s (10⁹ bytes per second) that have to be moved, by the median; nil for compute-bound
  /// workloads.
  let gigabytesPerSecond: Double?
  /// The share of the step's time that its arithmetic and the memory traffic of its updates would
  /// take at the machine's peaks, which are measured in the same run.
  let limitShare: Double
  let peakGigaflops: Double
  let peakGigabytesPerSecond: Double

  private enum CodingKeys: String, CodingKey {
    case workload, framework, version, threads, core
    case milliseconds = "ms"
    case fastestMilliseconds = "ms_min"
    case slowestMilliseconds = "ms_max"
    case samplesPerSecond = "samples_per_s"
    case residentMiB = "rss_mib"
    case gigaflops = "gflops"
    case picosecondsPerMultiplyAdd = "ps_per_multiply_add"
    case gigabytesPerSecond = "gb_per_s"
    case limitShare = "limit_share"
    case peakGigaflops = "peak_gflops"
    case peakGigabytesPerSecond = "peak_gb_per_s"
  }

  /// Measures a workload.
  ///
  /// - Parameters:
  ///   - inferenceRows: The batch size of forward passes; nil for training steps.
  ///   - seconds: How long to measure.
  ///   - peak: The machine's peaks.
  ///   - measuresMemory: Whether to measure memory, which other work in this process would distort.
  init(
    _ workload: Workload, inferenceRows: Int?, seconds: Double, peak: MachinePeak,
    measuresMemory: Bool
  ) throws(NNError) {
    let memory = measuresMemory ? PeakMemory() : nil
    let run = try workload.task(.float32, inferenceRows: inferenceRows)
    let timing = Timing(seconds: seconds) { run.advance() }
    residentMiB = memory?.mebibytes
    self.workload = workload.label(inferenceRows: inferenceRows)
    threads = WorkerPool.threads
    core = BLAS.coreName
    milliseconds = timing.median.rounded(toPlaces: 6)
    fastestMilliseconds = timing.fastest.rounded(toPlaces: 6)
    slowestMilliseconds = timing.slowest.rounded(toPlaces: 6)
    samplesPerSecond = (Double(run.samples) / timing.median * 1e3).rounded()
    peakGigaflops = peak.gigaflops.rounded(toPlaces: 1)
    peakGigabytesPerSecond = peak.gigabytesPerSecond.rounded(toPlaces: 1)
    switch workload.limit {
    case .arithmetic:
      let speed = 2 * Double(run.multiplyAdds) / timing.median / 1e6
      gigaflops = speed.rounded(toPlaces: 1)
      picosecondsPerMultiplyAdd =
        (timing.median * 1e9 / Double(run.multiplyAdds)).rounded(toPlaces: 2)
      gigabytesPerSecond = nil
      let update = Double(run.updateByteCount) / peak.gigabytesPerSecond / 1e6
      limitShare = (speed / peak.gigaflops + update / timing.median).rounded(toPlaces: 3)
    case .memory:
      let speed = Double(run.trafficByteCount) / timing.median / 1e6
      gigaflops = nil
      picosecondsPerMultiplyAdd = nil
      gigabytesPerSecond = speed.rounded(toPlaces: 1)
      limitShare = (speed / peak.gigabytesPerSecond).rounded(toPlaces: 3)
    }
  }

  /// A line of the table.
  var text: String {
    let speed = gigaflops.map { "\($0) GFLOP/s" } ?? gigabytesPerSecond.map { "\($0) GB/s" }
    return Self.row([
      workload, "\(milliseconds)", "\(fastestMilliseconds)", "\(slowestMilliseconds)",
      "\(Int(samplesPerSecond))", residentMiB.map(String.init) ?? "-", speed ?? "-",
      "\((limitShare * 100).rounded(toPlaces: 1)) %",
      picosecondsPerMultiplyAdd.map { "\($0)" } ?? "-",
    ])
  }

  /// The heading of the table: the machine and the columns.
  static func heading(peak: MachinePeak) -> String {
    """
    nnbench \(Version.current), \(WorkerPool.threads) threads, OpenBLAS \(BLAS.version) \
    \(BLAS.coreName); peaks measured now: \(Int(peak.gigaflops)) GFLOP/s in large matrix \
    products, \(Int(peak.gigabytesPerSecond)) GB/s of memory
    \(row(["workload", "ms", "fastest", "slowest", "samples/s", "MiB", "speed", "of limit", "ps/mul-add"]))
    """
  }

  private static func row(_ cells: [String]) -> String {
    let widths = [32, 12, 12, 12, 12, 6, 15, 9, 12]
    return zip(cells, widths).enumerated().map { index, column in
      let (cell, width) = column
      let fill = String(repeating: " ", count: max(1, width - cell.count))
      return index == 0 ? cell + fill : fill + cell
    }.joined()
  }
}
