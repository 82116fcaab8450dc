extension ParzenEstimator {
  /// The best results and the others, each in the order of their trials.
  ///
  /// Results of complete trials come first; then those of pruned ones, the longest first.
  package static func split(
    _ observations: [Observation]
  ) -> (below: [Observation], above: [Observation]) {
    let count = min((observations.count + 9) / 10, 25)
    func rank(_ observation: Observation) -> (Int, Int, Double, Int) {
      let loss = observation.loss.isNaN ? .infinity : observation.loss
      return switch observation.end {
      case .complete: (0, 0, loss, observation.trial)
      case .pruned(let epoch): (1, -epoch, loss, observation.trial)
      case .failed: (2, 0, 0, observation.trial)
      }
    }
    let best = observations.sorted { rank($0) < rank($1) }.prefix(count)
    let numbers = Set(best.map(\.trial))
    return (
      observations.filter { numbers.contains($0.trial) },
      observations.filter { !numbers.contains($0.trial) }
    )
  }
}
