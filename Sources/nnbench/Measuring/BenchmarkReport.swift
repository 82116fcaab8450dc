import NNCore
import NNKernels
import NNTraining

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What was measured of one workload.
struct BenchmarkReport: Encodable {
  /// The workload's name, `mlp-infer64` for forward passes of 64 rows.
  let workload: String
  let framework = "neuralnet"
  let version = Version.current
  let threads: Int
  /// The median step, in milliseconds.
  let milliseconds: Double
  /// The fastest step, in milliseconds.
  let fastestMilliseconds: Double
  let samplesPerSecond: Double
  /// The most memory that the process held so far.
  let residentMiB: Int
  /// OpenBLAS's core type.
  let core: String
  /// 10⁹ multiplications and additions of matrix products and convolutions a second.
  let gigaflops: Double
  /// The share of what large matrix products reach on these threads, measured in the same run.
  let peakShare: Double

  private enum CodingKeys: String, CodingKey {
    case workload, framework, version, threads, core
    case milliseconds = "ms"
    case fastestMilliseconds = "ms_min"
    case samplesPerSecond = "samples_per_s"
    case residentMiB = "rss_mib"
    case gigaflops = "gflops"
    case peakShare = "peak_share"
  }

  /// Measures a workload.
  ///
  /// - Parameters:
  ///   - inferenceRows: Rows of a forward pass; nil for training steps.
  ///   - seconds: How long to measure.
  ///   - peak: What the machine reached just before.
  init(
    _ workload: Workload, inferenceRows: Int?, seconds: Double, peak: BLAS.Peak
  ) throws(NNError) {
    let program = try workload.program(.float32, inferenceRows: inferenceRows)
    let run = try BenchmarkRun(program)
    let timing = Timing(seconds: seconds) { run.advance() }
    self.workload = workload.name + (inferenceRows.map { "-infer\($0)" } ?? "")
    threads = WorkerPool.threads
    milliseconds = timing.median.rounded(toPlaces: 6)
    fastestMilliseconds = timing.fastest.rounded(toPlaces: 6)
    samplesPerSecond = (Double(program.samples) / timing.median * 1e3).rounded()
    residentMiB = Self.peakResidentMiB()
    core = BLAS.coreName
    let gigaflops = Double(run.operations) / timing.median / 1e6
    self.gigaflops = gigaflops.rounded(toPlaces: 1)
    peakShare = (gigaflops / peak.allThreads).rounded(toPlaces: 3)
  }

  /// One line with the keys of the JSON output, in alphabetical order.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  /// A line of the table.
  var text: String {
    Self.row([
      workload, "\(milliseconds)", "\(fastestMilliseconds)", "\(Int(samplesPerSecond))",
      "\(residentMiB)", "\(gigaflops)", "\((peakShare * 100).rounded(toPlaces: 1)) %",
    ])
  }

  /// What stands above the table: the machine and the columns.
  static func heading(peak: BLAS.Peak) -> String {
    """
    nnbench \(Version.current), \(WorkerPool.threads) threads, OpenBLAS \(BLAS.version) \
    \(BLAS.coreName), \(Int(peak.allThreads)) GFLOP/s in large matrix products
    \(row(["workload", "ms", "fastest", "samples/s", "MiB", "GFLOP/s", "of peak"]))
    """
  }

  private static func row(_ cells: [String]) -> String {
    cells.enumerated().map { index, cell in
      let fill = String(repeating: " ", count: max(0, (index == 0 ? 18 : 11) - cell.count))
      return index == 0 ? cell + fill : fill + cell
    }.joined()
  }

  private static func peakResidentMiB() -> Int {
    var usage = rusage()
    // RUSAGE_SELF, whose type differs from system to system.
    getrusage(0, &usage)
    #if os(macOS)
      return usage.ru_maxrss >> 20
    #else
      return usage.ru_maxrss >> 10
    #endif
  }
}

extension Double {
  /// Rounded to so many digits after the point.
  fileprivate func rounded(toPlaces places: Int) -> Double {
    let scale = (0..<places).reduce(1.0) { power, _ in power * 10 }
    return (self * scale).rounded() / scale
  }
}
