import NNCore
import NNData
import NNGraph
import NNLayers
import NNOptimizers

/// Steps of an optimizer that evaluates the loss several times.
extension TrainingStep {
  /// Runs one step on a batch.
  ///
  /// Every evaluation of the step uses the same random numbers, so that dropout does not change the
  /// objective during a search. Running statistics are updated at every evaluation, as in PyTorch.
  ///
  /// - Returns: The results at the first evaluation, before the update.
  /// - Throws: `NNError` for outputs outside the loss's range, and if the parameters would become
  ///   infinite or NaN; the parameters are then those before the step.
  func minimize(
    _ batch: Batch, by minimization: any Minimization, step: Int, learningRate: Double,
    wantsNorm: Bool
  ) throws(NNError) -> StepResult {
    let compiled = try compile(for: batch, .evaluation)
    let session = compiled.function.session
    guard let group = layout.trainedGroups.first, let start = variables[group.variableName] else {
      preconditionFailure("a plan has bound the parameters")
    }
    try write(batch, to: compiled.function, number: step)
    let divisors = objective.divisors(of: batch.examples)
    func evaluate() throws(NNError) -> (loss: Double, gradient: [Double]) {
      session.run()
      try requireOutputs(of: session)
      return (
        stepResult(session, divisors).loss, session.numbers(group.identity.named("gradient"))
      )
    }
    let first = try evaluate()
    var result = stepResult(session, divisors)
    guard first.loss.isFinite || !result.counts && gradientNorm(session).isFinite else {
      return result
    }
    if wantsNorm {
      result.gradientNorm = gradientNorm(session)
      guard result.gradientNorm?.isFinite ?? true else { return result }
      if let log = compiled.log {
        result.norms = norms(log, session, role: .evaluation)
      }
    }
    var isFirst = true
    func assign(_ point: [Double]) {
      variables[group.variableName] = HostTensor(
        doubles: point, shape: start.shape, dtype: start.dtype)
    }
    do throws(NNError) {
      let end = try minimization.step(from: start.doubles, learningRate: learningRate) {
        (point) throws(NNError) in
        if isFirst {
          isFirst = false
          return first
        }
        assign(point)
        return try evaluate()
      }
      assign(end)
    } catch {
      variables[group.variableName] = start
      throw error
    }
    result.isComplete = true
    return result
  }
}
