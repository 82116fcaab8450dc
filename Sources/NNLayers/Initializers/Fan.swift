public import NNCore

/// How many inputs and outputs an element of a weight connects.
public struct Fan: Sendable, Hashable {
  /// Inputs that one output sums over.
  public let inputs: Int
  /// Outputs that one input reaches.
  public let outputs: Int

  /// Creates a fan from its numbers.
  public init(inputs: Int, outputs: Int) {
    self.inputs = inputs
    self.outputs = outputs
  }

  /// The fan of a weight [outputs, inputs, kernel…] by PyTorch's rule: each of the first two
  /// extents times the size of the kernel. A tensor of one axis counts as one output's inputs.
  public init(weightShape shape: Shape) {
    guard shape.rank >= 2 else {
      self.init(inputs: shape.elementCount, outputs: shape.elementCount)
      return
    }
    let kernel = shape.dimensions.dropFirst(2)
    self.init(
      inputs: ([shape[1]] + kernel).saturatingProduct,
      outputs: ([shape[0]] + kernel).saturatingProduct)
  }
}
