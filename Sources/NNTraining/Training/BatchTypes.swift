import NNCore
import NNData
import NNGraph

/// The input and target types that determine the plan of a batch.
struct BatchTypes: Hashable {
  let input: Ports<TensorType>
  let targets: Ports<TensorType>

  init(input: Ports<TensorType>, targets: Ports<TensorType>) {
    self.input = input
    self.targets = targets
  }

  init(_ batch: Batch) {
    input = batch.input.types
    targets = batch.namedTargets.types
  }

  /// Whether a batch has these types; unlike making the batch's own types, this allocates nothing.
  func fit(_ batch: Batch) -> Bool {
    input.fit(batch.input) && targets.fit(batch.namedTargets)
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
