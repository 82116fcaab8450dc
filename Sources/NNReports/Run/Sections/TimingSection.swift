import NNCore
import NNData
import NNDrawing
import NNKernels
import NNLayers
import NNTraining

/// The time of each layer in a training step, and its share of the machine's peak performance.
struct TimingSection: ReportSection {
  static let title = "Time"

  private let profile: StepProfile
  private let rows: [StepProfile.Row]
  private let peak: Double
  private let threads: Int

  init?(_ run: RunEvidence) throws(NNError) {
    guard let model = run.model, let data = run.data else { return nil }
    profile = try StepProfile(model: model, dataset: data.train, seconds: 0.12)
    rows = Self.inOrder(profile.rows)
    peak = BLAS.measuredPeak(dtype: model.layout.dtype, seconds: 0.06).allThreads
    threads = WorkerPool.threads
  }

  func write(to page: inout Page) {
    let seconds = profile.seconds
    page.paragraph(
      "A training step of \(profile.batchSize) examples takes \(Self.time(seconds)) with "
        + "\(threads) \(threads == 1 ? "thread" : "threads"), measured over \(profile.steps) "
        + "steps, at \(NumberText.short(Self.rate(profile.multiplyAdds, seconds))) GFLOP/s; large "
        + "matrix products reach \(NumberText.short(peak)) on this machine. What is fused with the "
        + "matrix product before it, such as an activation, is counted there."
        + (rows.contains { $0.layer.contains("Conv") }
          ? " Multiply-adds of convolutions are counted by definition: an algorithm that needs "
            + "fewer may appear to exceed the peak." : ""))
    let rows = rows.map { row in
      let rate = Self.rate(row.multiplyAdds, row.seconds)
      let isProduct = row.multiplyAdds > 0
      return [
        Self.name(row), Self.time(row.seconds),
        "\(NumberText.fixed(100 * row.seconds / seconds, decimals: 1)) %",
        isProduct ? NumberText.short(rate) : "n/a",
        isProduct ? "\(NumberText.short(100 * rate / peak, digits: 2)) %" : "n/a",
      ]
    }
    page.table(
      header: ["layer, forward and backward", "time", "share", "GFLOP/s", "of peak"], rows: rows)
  }

  /// Layers by their paths, then what belongs to no layer.
  private static func inOrder(_ rows: [StepProfile.Row]) -> [StepProfile.Row] {
    func place(_ row: StepProfile.Row) -> [Int] {
      let numbers = name(row).prefix { $0 != " " }.split(separator: ".").map { Int($0) }
        .prefix { $0 != nil }
      return numbers.isEmpty ? [.max] : numbers.compactMap { $0 }
    }
    return rows.enumerated().sorted { first, second in
      let (own, other) = (place(first.element), place(second.element))
      return own == other ? first.offset < second.offset : own.lexicographicallyPrecedes(other)
    }.map(\.element)
  }

  private static func name(_ row: StepProfile.Row) -> String { row.layer.filter { $0 != "`" } }

  /// Multiplications and additions per second, in GFLOP/s.
  private static func rate(_ multiplyAdds: Int, _ seconds: Double) -> Double {
    2 * Double(multiplyAdds) / max(seconds, 1e-12) / 1e9
  }

  private static func time(_ seconds: Double) -> String {
    seconds < 1e-3
      ? "\(NumberText.short(1e6 * seconds)) µs" : "\(NumberText.short(1e3 * seconds)) ms"
  }
}
