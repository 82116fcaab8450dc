import NNCore

/// A tensor that the caller supplies before each run.
struct Input: Op {
  static let name = "input"
  let label: String
  let type: TensorType
  var attributes: Attributes { ["name": .string(label)] }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] { [type] }
}

/// A tensor in the variable store, kept between runs.
struct Variable: Op {
  static let name = "variable"
  let label: String
  let type: TensorType
  var attributes: Attributes { ["name": .string(label)] }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] { [type] }
}

/// A tensor known while the graph is built.
struct Constant: Op {
  static let name = "constant"
  let tensor: HostTensor
  var attributes: Attributes {
    tensor.elementCount == 1 ? ["value": .double(tensor.doubles[0])] : [:]
  }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType(tensor.shape, tensor.dtype)]
  }

  func hash(into hasher: inout Hasher) {
    hasher.combine(tensor.shape)
    hasher.combine(tensor.dtype)
    if tensor.elementCount == 1 { hasher.combine(tensor.doubles[0]) }
  }
}
