import NNCore
import NNLosses
import NNMetrics

/// Checks that need the shape of the outputs and the data.
extension Config {
  /// Checks that the metrics are meaningful for outputs of a shape.
  ///
  /// - Parameter outputs: [N, classes, …].
  /// - Throws: `NNError` for `top_k` with k equal to the number of classes or greater.
  func requireMetrics(fit outputs: Shape) throws(NNError) {
    guard outputs.rank >= 2 else { return }
    for case let metric as TopK in try makeMetrics() where metric.k >= outputs[1] {
      throw .invalid(
        "the metric `top_k` counts \(metric.k) guesses, and the network has \(outputs[1]) "
          + "outputs: it is always 1",
        hint: outputs[1] > 2 ? "use a k below \(outputs[1]), or accuracy" : "use accuracy")
    }
  }

  /// Probable mistakes that only network and data together show.
  ///
  /// - Parameters:
  ///   - outputs: The shape of the outputs, [N, classes, …].
  ///   - classes: The number of classes of the training data; nil where targets are numbers.
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
