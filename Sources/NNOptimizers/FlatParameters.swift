public import NNCore
public import NNGraph

/// The parameters of a group: their names, shapes and offsets in the flat tensor that holds them.
public struct FlatParameters: Sendable, Hashable {
  /// One parameter.
  public struct Slice: Sendable, Hashable {
    /// Its name: `3.0.weight`.
    public let name: String
    /// Its shape.
    public let shape: Shape
    /// The index of its first element in the flat tensor.
    public let offset: Int

    /// Creates a slice.
    public init(name: String, shape: Shape, offset: Int) {
      self.name = name
      self.shape = shape
      self.offset = offset
    }
  }

  /// The parameters by ascending offset; there may be gaps between them.
  public let slices: [Slice]
  /// The number of elements of the flat tensor, including gaps.
  public let count: Int
  /// The type of the elements.
  public let dtype: DType

  /// Creates the layout of a flat tensor.
  ///
  /// - Parameter count: At least the end of the last slice.
  public init(_ slices: [Slice], count: Int, dtype: DType) {
    self.slices = slices
    self.count = count
    self.dtype = dtype
  }

  /// The layout of one parameter of any shape.
  public init(_ type: TensorType) {
    self.init(
      [Slice(name: "parameters", shape: type.shape, offset: 0)], count: type.shape.elementCount,
      dtype: type.dtype)
  }

  /// The type of the flat tensor.
  public var type: TensorType { TensorType([count], dtype) }

  /// Views of the parameters, or of a tensor in their layout such as the gradient, each with its
  /// own shape.
  public func parts(of flat: Value) -> [Value] {
    slices.map { flat.slice(at: $0.offset, shape: $0.shape) }
  }

  /// The flat tensor of values with the shapes of the parameters; the gaps are zero.
  public func packed(_ parts: [Value]) -> Value {
    precondition(parts.count == slices.count && !parts.isEmpty, "one value for each parameter")
    return parts[0].graph.pack(parts, offsets: slices.map(\.offset), count: count)
  }
}
