package import NNCore

/// The difference between a tensor and the expected one.
package struct Mismatch: Sendable, CustomStringConvertible {
  /// The difference, with the worst element and its index.
  package let description: String

  /// Compares every element; nil when the tensors agree.
  ///
  /// Types and shapes must be the same. NaN agrees only with NaN, and an infinity, an integer or a
  /// Boolean only with itself. Zeros of both signs agree.
  package static func between(
    _ actual: HostTensor, _ expected: HostTensor, within tolerance: Tolerance
  ) -> Mismatch? {
    guard actual.dtype == expected.dtype else {
      return Mismatch(description: "type \(actual.dtype), expected \(expected.dtype)")
    }
    guard actual.shape == expected.shape else {
      return Mismatch(description: "shape \(actual.shape), expected \(expected.shape)")
    }
    return expected.dtype.isFloatingPoint
      ? floatingPoint(actual, expected, tolerance) : integers(actual, expected)
  }

  private static func floatingPoint(
    _ actual: HostTensor, _ expected: HostTensor, _ tolerance: Tolerance
  ) -> Mismatch? {
    let expectedNumbers = expected.doubles
    let magnitude = expectedNumbers.lazy.filter(\.isFinite).map(\.magnitude).max() ?? 0
    let floor = tolerance.floor * magnitude
    var worst = (excess: 1.0, index: 0, actual: 0.0, expected: 0.0, allowed: 0.0)
    var count = 0
    for (index, (found, wanted)) in zip(actual.doubles, expectedNumbers).enumerated() {
      if found == wanted || (found.isNaN && wanted.isNaN) { continue }
      let allowed = max(tolerance.relative * max(wanted.magnitude, floor), tolerance.absolute)
      let error = (found - wanted).magnitude
      // Also true for NaN and for infinities, whose error is not a number below anything.
      guard !(error <= allowed) || !wanted.isFinite else { continue }
      count += 1
      let excess = error.isFinite && wanted.isFinite ? error / allowed : .infinity
      if count == 1 || excess > worst.excess {
        worst = (excess, index, found, wanted, allowed)
      }
    }
    guard count > 0 else { return nil }
    let error = (worst.actual - worst.expected).magnitude
    return Mismatch(
      description: """
        \(count) of \(expected.elementCount) elements differ; worst at \
        \(position(worst.index, in: expected.shape)): \(worst.actual), expected \
        \(worst.expected) (off by \(error), allowed \(worst.allowed))
        """)
  }

  private static func integers(_ actual: HostTensor, _ expected: HostTensor) -> Mismatch? {
    let size = expected.dtype.byteCount
    let differing = actual.withBytes { left in
      expected.withBytes { right in
        (0..<expected.elementCount).filter { index in
          let bytes = index * size..<(index + 1) * size
          return !left[bytes].elementsEqual(right[bytes])
        }
      }
    }
    guard let first = differing.first else { return nil }
    return Mismatch(
      description: """
        \(differing.count) of \(expected.elementCount) elements differ; first at \
        \(position(first, in: expected.shape)): \(actual.text(at: first)), expected \
        \(expected.text(at: first))
        """)
  }

  private static func position(_ index: Int, in shape: Shape) -> String {
    let indices = zip(shape.dimensions, shape.strides).map { index / $1 % $0 }
    return "[" + indices.map(String.init).joined(separator: ", ") + "]"
  }
}

extension HostTensor {
  /// One element, spelled exactly.
  fileprivate func text(at index: Int) -> String {
    switch dtype {
    case .float32: "\(scalars(as: Float.self)[index])"
    case .float64: "\(scalars(as: Double.self)[index])"
    case .int32: "\(scalars(as: Int32.self)[index])"
    case .int64: "\(scalars(as: Int64.self)[index])"
    case .uint8: "\(scalars(as: UInt8.self)[index])"
    case .bool: "\(scalars(as: Bool.self)[index])"
    }
  }
}
