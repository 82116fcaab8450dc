public import NNCore

/// The numbers of inputs and outputs that an element of a weight connects.
public struct Fan: Sendable, Hashable {
  /// The number of inputs that one output sums over.
  public let inputs: Int
  /// The number of outputs that one input contributes to.
  public let outputs: Int

  /// Creates a fan.
  public init(inputs: Int, outputs: Int) {
    self.inputs = inputs
    self.outputs = outputs
  }

  /// The fan of a weight [outputs, inputs, kernel…], computed as in PyTorch: each of the first two
  /// extents times the size of the kernel. For a tensor of one axis both are its element count.
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
