/// The type of a tensor's elements.
///
/// `float32` is the working type; `float64` serves gradient checks and reference numbers; the
/// integer types hold labels, tokens and images.
public enum DType: String, Sendable, Hashable, CaseIterable {
  case float32, float64, int32, int64, uint8, bool

  /// Bytes per element.
  public var byteCount: Int {
    switch self {
    case .float32, .int32: 4
    case .float64, .int64: 8
    case .uint8, .bool: 1
    }
  }

  /// Whether the type is one of the two floating-point types.
  public var isFloatingPoint: Bool { self == .float32 || self == .float64 }
}

/// A Swift type that can be an element of a tensor.
public protocol TensorScalar: Sendable, BitwiseCopyable {
  /// The tensor element type that corresponds to this Swift type.
  static var dtype: DType { get }
}

extension Float: TensorScalar {
  /// The element type `.float32`.
  public static var dtype: DType { .float32 }
}
extension Double: TensorScalar {
  /// The element type `.float64`.
  public static var dtype: DType { .float64 }
}
extension Int32: TensorScalar {
  /// The element type `.int32`.
  public static var dtype: DType { .int32 }
}
extension Int64: TensorScalar {
  /// The element type `.int64`.
  public static var dtype: DType { .int64 }
}
extension UInt8: TensorScalar {
  /// The element type `.uint8`.
  public static var dtype: DType { .uint8 }
}
extension Bool: TensorScalar {
  /// The element type `.bool`.
  public static var dtype: DType { .bool }
}
