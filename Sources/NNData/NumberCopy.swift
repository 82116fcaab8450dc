import NNCore

/// The element types as the numbers that statistics and batches are calculated with.
private protocol Number: TensorScalar {
  var double: Double { get }
}
extension Float: Number { fileprivate var double: Double { Double(self) } }
extension Double: Number { fileprivate var double: Double { self } }
extension Int32: Number { fileprivate var double: Double { Double(self) } }
extension Int64: Number { fileprivate var double: Double { Double(self) } }
extension UInt8: Number { fileprivate var double: Double { Double(self) } }
extension Bool: Number { fileprivate var double: Double { self ? 1 : 0 } }

/// The line a·x + b for every element of a row.
///
/// Calculated in Float64 and rounded once, whatever the types of source and target.
struct RowCoefficients {
  let scales: [Double]
  let offsets: [Double]

  /// Nothing is to be changed.
  var isIdentity: Bool {
    scales.allSatisfy { $0 == 1 } && offsets.allSatisfy { $0 == 0 }
  }

  /// Reads one row of any type from `source` and writes it to `target`.
  func copy<Target: TensorScalar & BinaryFloatingPoint>(
    from source: UnsafeRawPointer, dtype: DType, into target: UnsafeMutablePointer<Target>
  ) {
    func run<Source: Number>(_ type: Source.Type) {
      let source = source.assumingMemoryBound(to: Source.self)
      scales.withUnsafeBufferPointer { scales in
        offsets.withUnsafeBufferPointer { offsets in
          for index in 0..<scales.count {
            target[index] = Target(source[index].double * scales[index] + offsets[index])
          }
        }
      }
    }
    switch dtype {
    case .float32: run(Float.self)
    case .float64: run(Double.self)
    case .int32: run(Int32.self)
    case .int64: run(Int64.self)
    case .uint8: run(UInt8.self)
    case .bool: run(Bool.self)
    }
  }
}
