import NNCore

/// A tensor fed by the caller.
struct Input: Op {
  static let name = "input"
  let label: String
  let type: TensorType
  var attributes: String { label }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] { [type] }
  func gradient(_ context: GradientContext) -> [Value?] { [] }
  func prepare(_ context: KernelContext) -> Kernel { .nothing }
}

/// A tensor in the variable store, kept between runs.
struct Variable: Op {
  static let name = "variable"
  let label: String
  let type: TensorType
  var attributes: String { label }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] { [type] }
  func gradient(_ context: GradientContext) -> [Value?] { [] }
  func prepare(_ context: KernelContext) -> Kernel { .nothing }
}

/// A tensor known while building.
struct Constant: Op {
  static let name = "constant"
  let tensor: HostTensor
  var attributes: String { tensor.elementCount == 1 ? "\(tensor.doubles[0])" : "" }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType(tensor.shape, tensor.dtype)]
  }
  func gradient(_ context: GradientContext) -> [Value?] { [] }
  func prepare(_ context: KernelContext) -> Kernel { .nothing }

  func hash(into hasher: inout Hasher) {
    hasher.combine(tensor.shape)
    hasher.combine(tensor.dtype)
    if tensor.elementCount == 1 { hasher.combine(tensor.doubles[0]) }
  }
}
