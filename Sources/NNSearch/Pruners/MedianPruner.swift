/// Ends a trial whose best loss so far is worse than the median of the losses of finished trials
/// after the same number of epochs (Optuna's `MedianPruner`).
struct MedianPruner: Pruner {
  let startup: Int
  let warmup: Int
  let interval: Int

  func rungs(below epochs: Int) -> [Int] {
    Array(stride(from: max(1, warmup), to: epochs, by: interval))
  }

  func ends(_ trial: TrialLosses, at rung: Int, among others: [TrialLosses]) -> Bool {
    let finished = others.filter(\.isFinished)
    guard finished.count >= startup else { return false }
    guard let best = trial.curve.prefix(rung).filter({ !$0.isNaN }).min() else { return true }
    let losses = finished.compactMap { other in
      other.curve.indices.contains(rung - 1) ? other.curve[rung - 1] : nil
    }.filter { !$0.isNaN }.sorted()
    guard !losses.isEmpty else { return false }
    let middle = losses.count / 2
    let median =
      losses.count % 2 == 1 ? losses[middle] : (losses[middle - 1] + losses[middle]) / 2
    return best > median
  }
}
