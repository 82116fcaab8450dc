/// Asynchronous successive halving (Li et al., "A system for massively parallel hyperparameter
/// tuning", 2020), in the variant of Optuna's `SuccessiveHalvingPruner`: a trial continues from a
/// rung if it is among the best ⌊n/reduction⌋ of the n trials that got there, or the best of them.
struct ASHAPruner: Pruner {
  let minEpochs: Int
  let reduction: Int

  func rungs(below epochs: Int) -> [Int] {
    var rungs: [Int] = []
    var next = minEpochs
    while next < epochs {
      rungs.append(next)
      let (product, overflows) = next.multipliedReportingOverflow(by: reduction)
      if overflows { break }
      next = product
    }
    return rungs
  }

  func ends(_ trial: TrialLosses, at rung: Int, among others: [TrialLosses]) -> Bool {
    guard let loss = trial.atRungs[rung], !loss.isNaN else { return true }
    let losses = (others.compactMap { $0.atRungs[rung] }.filter { !$0.isNaN } + [loss]).sorted()
    return loss > losses[max(losses.count / reduction, 1) - 1]
  }
}
