import NNCore
import NNData
import NNLosses
import NNMetrics

/// Checks that need the shape of the outputs and the data.
extension Config {
  /// Checks that the metrics are meaningful for the network's outputs and the data's targets.
  ///
  /// - Parameter outputs: The shapes of the outputs, [N, classes, …].
  /// - Throws: `NNError` for an output or target that does not exist, and for `top_k` with k equal
  ///   to the number of classes or greater.
  func requireMetrics(fit outputs: Ports<Shape>, _ data: Dataset) throws(NNError) {
    for metric in try makeMetrics() {
      let tensors = (metric as? TensorMetric)?.tensors
      let output = try found(tensors?.output, "output", of: metric, in: outputs)
      _ = try found(tensors?.target, "target", of: metric, in: data.namedTargets)
      guard data.hasTargets else {
        throw .invalid(
          "the metric `\(metric.name)` compares outputs with targets, and the data have none",
          at: data.name)
      }
      guard let topK = (metric as? TensorMetric)?.metric as? TopK ?? metric as? TopK,
        output.rank >= 2, topK.k >= output[1]
      else { continue }
      throw .invalid(
        "the metric `top_k` counts \(topK.k) guesses, and the network has \(output[1]) "
          + "outputs: it is always 1",
        hint: output[1] > 2 ? "use a k below \(output[1]), or accuracy" : "use accuracy")
    }
  }

  private func found<Part>(
    _ name: String?, _ what: String, of metric: any Metric, in parts: Ports<Part>
  ) throws(NNError) -> Part {
    guard let name else { return parts.values }
    guard let part = parts[name] else {
      throw .invalid(
        "the metric `\(metric.name)` reads the \(what) `\(name)`, which does not exist",
        hint: Suggestion.hint(for: name, in: parts.names, plural: "\(what)s"))
    }
    return part
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
