import NNCore
import NNLosses
import NNMetrics

/// What can be said about a config once the shape of the outputs and the data are known.
extension Config {
  /// Verifies that the metrics can tell anything about outputs of a shape.
  ///
  /// - Parameter outputs: [N, classes, …].
  /// - Throws: `NNError` for `top_k` with as many guesses as there are classes, or more.
  func requireMetrics(fit outputs: Shape) throws(NNError) {
    guard outputs.rank >= 2 else { return }
    for case let metric as TopK in try makeMetrics() where metric.k >= outputs[1] {
      throw .invalid(
        "the metric `top_k` counts \(metric.k) guesses, and the network has \(outputs[1]) "
          + "outputs: it is always 1",
        hint: outputs[1] > 2 ? "use a k below \(outputs[1]), or accuracy" : "use accuracy")
    }
  }

  /// What network and data together ask that is allowed but hardly meant.
  ///
  /// - Parameters:
  ///   - outputs: The shape of the outputs, [N, classes, …].
  ///   - classes: The classes of the training data; nil where targets are numbers.
  func warnings(outputs: Shape, classes: Int?) -> [String] {
    guard lossOutput.isClasses, outputs.rank >= 2, let classes, outputs[1] > classes else {
      return []
    }
    return [
      "model: the network has \(outputs[1]) outputs for the \(classes) "
        + "\(classes == 1 ? "class" : "classes") of the training data"
    ]
  }
}
