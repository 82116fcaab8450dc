import NNCore
import NNData
import NNGraph
import NNLayers

/// The types that determine the plan of a batch.
struct BatchTypes: Hashable {
  let input: Ports<TensorType>
  let targets: Ports<TensorType>
  /// The type of the examples' weights; nil without weights.
  let weights: TensorType?

  /// Types that are known.
  init(input: Ports<TensorType>, targets: Ports<TensorType>, weights: TensorType? = nil) {
    self.input = input
    self.targets = targets
    self.weights = weights
  }

  /// The types of a batch.
  init(_ batch: Batch) {
    self.init(
      input: batch.input.types, targets: batch.namedTargets.types,
      weights: batch.weights.map { TensorType($0.shape, $0.dtype) })
  }

  /// The types of a batch of `rows` examples of maximum length.
  ///
  /// - Parameter areWeighted: Whether examples have weights.
  init(rows: Int, _ signature: InputSignature, _ targets: TargetSignature, areWeighted: Bool) {
    input = signature.batch(of: rows)
    self.targets = targets.types.map { $1.rows(rows) }
    weights = areWeighted ? TensorType([rows], signature.dtype) : nil
  }

  /// Whether a batch has these types; unlike making the batch's own types, this allocates nothing.
  func fit(_ batch: Batch) -> Bool {
    input.fit(batch.input) && targets.fit(batch.namedTargets)
      && weights == batch.weights.map { TensorType($0.shape, $0.dtype) }
  }
}

extension Ports<TensorType> {
  fileprivate func fit(_ tensors: Ports<HostTensor>) -> Bool {
    names == tensors.names
      && (0..<count).allSatisfy { position in
        let tensor = tensors[position: position]
        return self[position: position] == TensorType(tensor.shape, tensor.dtype)
      }
  }
}

extension Ports<HostTensor> {
  /// The types of a batch.
  var types: Ports<TensorType> { map { TensorType($1.shape, $1.dtype) } }
}

extension TensorType {
  /// The type of a batch of `count` tensors of this type.
  fileprivate func rows(_ count: Int) -> TensorType {
    TensorType(Shape([count] + shape.dimensions), dtype)
  }
}
