import NNCore
import NNGraph

/// The computation shared by cross entropy and negative log likelihood: log-probabilities against
/// class labels.
struct ClassLikelihood {
  let weights: Value?
  let ignoreIndex: Int
  let smoothing: Double

  /// The class axis: 1, or 0 for a single example.
  static func axis(of output: Value) -> Int { output.shape.rank == 1 ? 0 : 1 }

  /// The losses of labels, with the output's shape without the class axis.
  func callAsFunction(_ logProbabilities: Value, labels: Value) -> ElementLosses {
    let axis = Self.axis(of: logProbabilities)
    let counted = labels.labelMask(notEqualTo: ignoreIndex, dtype: logProbabilities.dtype)
    let weighted = weights.map { logProbabilities * $0 } ?? logProbabilities
    let picked = -weighted.gather(labels, along: axis)
    var losses = counted.select(picked, 0)
    if smoothing > 0 {
      let spread = counted.select(-weighted.sum(axes: [axis]), 0)
      let classes = Double(logProbabilities.shape[axis])
      losses = losses * (1 - smoothing) + spread * (smoothing / classes)
    }
    let shares =
      weights.map {
        counted.select($0.broadcast(to: logProbabilities.shape).gather(labels, along: axis), 0)
      } ?? counted
    return ElementLosses(losses, shares: shares)
  }

  /// Σ weight of the int32 labels that are not ignored; each counts 1 without class weights, times
  /// the weight of its example.
  static func weight(
    of labels: HostTensor, weights: [Double]?, ignoreIndex: Int, examples: HostTensor?
  ) -> Double {
    labels.withScalars(as: Int32.self) { labels in
      ExampleWeights(examples).sum(samples: labels.count) { sample in
        let label = Int(labels[sample])
        guard label != ignoreIndex else { return 0 }
        guard let weights else { return 1 }
        return weights.indices.contains(label) ? weights[label] : 0
      }
    }
  }

  /// The losses of target distributions, with the output's shape without the class axis.
  func callAsFunction(_ logProbabilities: Value, distributions: Value) -> Value {
    let axis = Self.axis(of: logProbabilities)
    let classes = Double(logProbabilities.shape[axis])
    let smoothed =
      smoothing > 0 ? distributions * (1 - smoothing) + smoothing / classes : distributions
    let weighted = weights.map { smoothed * $0 } ?? smoothed
    return -(logProbabilities * weighted).sum(axes: [axis])
  }
}

extension Loss {
  /// The labels as int32 with the output's shape without the class axis; poisoned if they are
  /// invalid.
  func checkedLabels(_ labels: Value, for output: Value) -> Value {
    var expected = output.shape.dimensions
    expected.remove(at: ClassLikelihood.axis(of: output))
    guard labels.dtype == .int32 else {
      return output.graph.report(
        "loss \(name) takes int32 class labels, gets \(labels.dtype)",
        hint: "convert the labels to int32")
    }
    guard target.ignoreIndex.map({ Int32(exactly: $0) != nil }) ?? true else {
      return output.graph.report(
        "loss \(name): ignore_index \(target.ignoreIndex ?? 0) is not in "
          + "\(Int32.min)…\(Int32.max), the range of int32 labels")
    }
    guard labels.shape == Shape(expected) else {
      return output.graph.report(
        "loss \(name) takes labels \(Shape(expected)) for an output \(output.shape), "
          + "gets \(labels.shape)",
        hint: labels.shape.elementCount == expected.reduce(1, *)
          ? "reshape the labels to \(Shape(expected))" : nil)
    }
    return labels
  }
}
