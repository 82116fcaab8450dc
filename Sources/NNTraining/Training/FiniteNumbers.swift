package import NNCore
import NNData

extension HostTensor {
  /// The index and value of the first element that is NaN or infinite; nil if all are finite.
  var firstNotFinite: (index: Int, value: Double)? {
    func first<Scalar: BinaryFloatingPoint>(
      _ numbers: UnsafeBufferPointer<Scalar>
    ) -> (index: Int, value: Double)? {
      numbers.firstIndex { !$0.isFinite }.map { ($0, Double(numbers[$0])) }
    }
    return switch dtype {
    case .float32: withScalars(as: Float.self, first)
    case .float64: withScalars(as: Double.self, first)
    case .int32, .int64, .uint8, .bool: nil
    }
  }

  /// Whether no element is NaN or infinite.
  package var isFinite: Bool { firstNotFinite == nil }

  /// Whether an element is NaN.
  var hasNaN: Bool {
    switch dtype {
    case .float32: withScalars(as: Float.self) { $0.contains(where: \.isNaN) }
    case .float64: withScalars(as: Double.self) { $0.contains(where: \.isNaN) }
    case .int32, .int64, .uint8, .bool: false
    }
  }
}

extension Batch {
  /// The data set's row and the value of the first input that is infinite in the run's type; nil if
  /// all are finite.
  var firstRowNotFinite: (row: Int, value: Double)? {
    inputs.firstNotFinite.map { index, value in
      let width = max(1, inputs.elementCount / max(1, count))
      return (indices[indices.startIndex + index / width], value.isNaN ? .nan : value)
    }
  }
}
