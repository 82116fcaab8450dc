public import NNCore

/// The targets of a batch, and what its examples count in losses.
public struct BatchTargets: Sendable {
  /// The targets by name: int32 labels [B, …] or numbers [B, K] in the run's type.
  public internal(set) var named: Ports<HostTensor>
  /// The weight of each example, [B] in the run's type; nil where all count alike.
  public internal(set) var weights: HostTensor?
  /// The number of examples, B.
  public let count: Int
}

/// Gathers and converts the targets of batches.
struct TargetAssembler: Sendable {
  let dataset: Dataset
  private let dtype: DType
  /// The conversion of each target. Only the main one is normalised.
  private let coefficients: [RowCoefficients]
  private let unchanged = RowCoefficients(scales: [1], offsets: [0])

  init(_ dataset: Dataset, _ dtype: DType) {
    self.dataset = dataset
    self.dtype = dtype
    coefficients = dataset.targetTypes(dtype).all.enumerated().map { position, type in
      (position == 0 ? dataset.targetScale : .identity).coefficients(of: type.shape, inputScale: 1)
    }
  }

  /// The targets of a batch, to be filled.
  ///
  /// - Parameters:
  ///   - count: The number of examples.
  ///   - steps: The number of steps of the main target where each step has a label; nil for all.
  func buffers(count: Int, steps: Int?) -> BatchTargets {
    let named = dataset.targetTypes(dtype).map { name, type in
      let isCut = name == dataset.namedTargets.names[0] && dataset.targetsAreSteps
      let example = (isCut ? steps : nil).map { type.shape.replacing(axis: 0, with: $0) }
      return HostTensor(
        zeros: Shape([count] + (example ?? type.shape).dimensions), dtype: type.dtype)
    }
    return BatchTargets(
      named: named,
      weights: dataset.weights.map { _ in HostTensor(zeros: [count], dtype: dtype) }, count: count)
  }

  /// Fills the targets with those of the examples at the given indices.
  func fill(_ targets: inout BatchTargets, from indices: ArraySlice<Int>) {
    let source = dataset.namedTargets
    for position in 0..<source.count {
      targets.named[position: position].gather(
        indices, of: source[position: position], coefficients[position])
    }
    if let weights = dataset.weights { targets.weights?.gather(indices, of: weights, unchanged) }
  }
}
