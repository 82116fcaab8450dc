import NNCore

extension HostTensor {
  /// Replaces the examples of this tensor by the examples `rows` of another one, converted to this
  /// tensor's type.
  mutating func gather(
    _ rows: some Collection<Int>, of source: HostTensor, _ coefficients: RowCoefficients
  ) {
    let isCopy = source.dtype == dtype && coefficients.isIdentity
    switch dtype {
    case .float32 where !isCopy: convert(rows, of: source, coefficients, Float.self)
    case .float64 where !isCopy: convert(rows, of: source, coefficients, Double.self)
    default: copyRows(rows, of: source)
    }
  }

  private mutating func convert<Target: TensorScalar & BinaryFloatingPoint>(
    _ rows: some Collection<Int>, of source: HostTensor, _ coefficients: RowCoefficients,
    _ type: Target.Type
  ) {
    let dtype = source.dtype
    source.withBytes { source in
      withMutableScalars(as: Target.self) { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        coefficients.copy(rows: rows, from: source, dtype: dtype, into: target)
      }
    }
  }
}
