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
  /// The number of classes where the labels of the main target become distributions; nil for labels.
  private let classes: Int?

  init(_ dataset: Dataset, _ dtype: DType, classes: Int? = nil) {
    self.dataset = dataset
    self.dtype = dtype
    self.classes = classes
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
    var named = dataset.targetTypes(dtype).map { name, type in
      let isCut = name == dataset.namedTargets.names[0] && dataset.targetsAreSteps
      let example = (isCut ? steps : nil).map { type.shape.replacing(axis: 0, with: $0) }
      return HostTensor(
        zeros: Shape([count] + (example ?? type.shape).dimensions), dtype: type.dtype)
    }
    if let classes { named.values = HostTensor(zeros: [count, classes], dtype: dtype) }
    return BatchTargets(
      named: named,
      weights: dataset.weights.map { _ in HostTensor(zeros: [count], dtype: dtype) }, count: count)
  }

  /// Fills the targets with those of the examples at the given indices.
  func fill(_ targets: inout BatchTargets, from indices: ArraySlice<Int>) {
    let source = dataset.namedTargets
    if classes != nil { fillDistributions(&targets.named.values, from: indices) }
    for position in (classes == nil ? 0 : 1)..<source.count {
      targets.named[position: position].gather(
        indices, of: source[position: position], coefficients[position])
    }
    if let weights = dataset.weights { targets.weights?.gather(indices, of: weights, unchanged) }
  }

  /// Fills distributions [B, C] with a 1 at each example's label.
  private func fillDistributions(
    _ distributions: inout HostTensor, from indices: ArraySlice<Int>
  ) {
    let classes = distributions.shape[1]
    func fill<Scalar: BinaryFloatingPoint>(_ numbers: UnsafeMutableBufferPointer<Scalar>) {
      numbers.update(repeating: 0)
      dataset.targets.withScalars(as: Int32.self) { labels in
        for (index, example) in indices.enumerated() {
          numbers[index * classes + Int(labels[example])] = 1
        }
      }
    }
    if distributions.dtype == .float32 {
      distributions.withMutableScalars(as: Float.self) { fill($0) }
    } else {
      distributions.withMutableScalars(as: Double.self) { fill($0) }
    }
  }
}
