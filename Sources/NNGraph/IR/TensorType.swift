public import NNCore

/// What is known of a tensor before any number is computed: its shape and element type.
public struct TensorType: Hashable, Sendable, CustomStringConvertible {
  /// The extents of the axes.
  public let shape: Shape
  /// The type of the elements.
  public let dtype: DType

  /// Creates a type from its parts.
  public init(_ shape: Shape, _ dtype: DType) {
    self.shape = shape
    self.dtype = dtype
  }

  /// The size in memory; `Int.max` where it exceeds what can be counted.
  public var byteCount: Int { shape.byteCount(of: dtype) }

  /// `float32[2, 3]`
  public var description: String { "\(dtype)\(shape)" }
}
