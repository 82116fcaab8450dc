extension HostTensor {
  /// The elements as `Double`, whatever their type (Int64 beyond 2⁵³ is rounded).
  public var doubles: [Double] {
    switch dtype {
    case .float32: withScalars(as: Float.self) { $0.map(Double.init) }
    case .float64: scalars()
    case .int32: withScalars(as: Int32.self) { $0.map(Double.init) }
    case .int64: withScalars(as: Int64.self) { $0.map(Double.init) }
    case .uint8: withScalars(as: UInt8.self) { $0.map(Double.init) }
    case .bool: withScalars(as: Bool.self) { $0.map { $0 ? 1 : 0 } }
    }
  }

  /// The same numbers with another element type.
  ///
  /// Floating-point numbers become integers by truncation toward zero and must fit; anything
  /// non-zero becomes `true`.
  public func converted(to target: DType) -> HostTensor {
    if target == dtype { return self }
    switch (dtype, target) {
    case (.int64, .int32):
      return HostTensor(scalars(as: Int64.self).map { Int32($0) }, shape: shape)
    case (.int32, .int64):
      return HostTensor(scalars(as: Int32.self).map { Int64($0) }, shape: shape)
    case (.uint8, .float32):
      return withScalars(as: UInt8.self) { HostTensor($0.map { Float($0) }, shape: shape) }
    case (.float64, .float32):
      return withScalars(as: Double.self) { HostTensor($0.map { Float($0) }, shape: shape) }
    default:
      return HostTensor(doubles: doubles, shape: shape, dtype: target)
    }
  }

  /// Creates a tensor of any element type from `Double`s, rounding or truncating as the type asks.
  public init(doubles: [Double], shape: Shape, dtype: DType = .float64) {
    switch dtype {
    case .float32: self.init(doubles.map { Float($0) }, shape: shape)
    case .float64: self.init(doubles, shape: shape)
    case .int32: self.init(doubles.map { Int32($0) }, shape: shape)
    case .int64: self.init(doubles.map { Int64($0) }, shape: shape)
    case .uint8: self.init(doubles.map { UInt8($0) }, shape: shape)
    case .bool: self.init(doubles.map { $0 != 0 }, shape: shape)
    }
  }
}

extension HostTensor: Equatable {
  /// Same type, same shape and same bytes: NaN equals the same NaN, −0 differs from +0.
  public static func == (left: HostTensor, right: HostTensor) -> Bool {
    left.dtype == right.dtype && left.shape == right.shape
      && left.withBytes { a in right.withBytes { b in a.elementsEqual(b) } }
  }
}
