public import NNCore

/// The shape and element type of a tensor, known before anything is computed.
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

  /// Bytes of the tensor; `Int.max` on overflow.
  public var byteCount: Int { shape.byteCount(of: dtype) }

  /// `float32[2, 3]`
  public var description: String { "\(dtype)\(shape)" }
}
