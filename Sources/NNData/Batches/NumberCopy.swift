import NNCore

/// Element types that convert to `Double`, in which statistics and batches are computed.
private protocol Number: TensorScalar {
  var double: Double { get }
}
extension Float: Number { fileprivate var double: Double { Double(self) } }
extension Double: Number { fileprivate var double: Double { self } }
extension Int32: Number { fileprivate var double: Double { Double(self) } }
extension Int64: Number { fileprivate var double: Double { Double(self) } }
extension UInt8: Number { fileprivate var double: Double { Double(self) } }
extension Bool: Number { fileprivate var double: Double { self ? 1 : 0 } }

/// The affine map a·x + b of each element of an example.
///
/// Computed in Float64 and rounded once, whatever the types of source and target.
struct RowCoefficients {
  let scales: [Double]
  let offsets: [Double]
  /// Runs of contiguous elements with the same coefficients.
  private let runs: [Range<Int>]

  init(scales: [Double], offsets: [Double]) {
    self.scales = scales
    self.offsets = offsets
    var runs: [Range<Int>] = []
    var start = 0
    for end in scales.indices.map({ $0 + 1 })
    where end == scales.count || scales[end] != scales[start] || offsets[end] != offsets[start] {
      runs.append(start..<end)
      start = end
    }
    self.runs = runs
  }

  /// Whether the map changes nothing.
  var isIdentity: Bool {
    scales.allSatisfy { $0 == 1 } && offsets.allSatisfy { $0 == 0 }
  }

  /// Converts examples of any type from `source` and writes them contiguously to `target`.
  ///
  /// - Parameter rows: The indices of the examples in `source`.
  func copy<Target: TensorScalar & BinaryFloatingPoint>(
    rows: some Collection<Int>, from source: UnsafeRawPointer, dtype: DType,
    into target: UnsafeMutablePointer<Target>
  ) {
    let rowCount = scales.count
    // A table costs 256 conversions for each run, so it pays off only for larger batches; and of short
    // runs each row would be far from the next one in memory.
    if dtype == .uint8, rowCount >= 16 * runs.count, rows.count * rowCount >= 1024 * runs.count {
      return copyByTable(
        rows: rows, from: source.assumingMemoryBound(to: UInt8.self), into: target)
    }
    for (index, row) in rows.enumerated() {
      copy(
        from: source + row * rowCount * dtype.byteCount, dtype: dtype,
        into: target + index * rowCount)
    }
  }

  /// Looks bytes up in a table of the 256 possible results; equal to `copy`.
  private func copyByTable<Target: TensorScalar & BinaryFloatingPoint>(
    rows: some Collection<Int>, from source: UnsafePointer<UInt8>,
    into target: UnsafeMutablePointer<Target>
  ) {
    let rowCount = scales.count
    withUnsafeTemporaryAllocation(of: Target.self, capacity: 256) { table in
      guard let table = table.baseAddress else { return }
      for run in runs {
        let (scale, offset) = (scales[run.lowerBound], offsets[run.lowerBound])
        for byte in 0..<256 {
          (table + byte).initialize(to: Target(Double(byte) * scale + offset))
        }
        for (index, row) in rows.enumerated() {
          let source = source + row * rowCount + run.lowerBound
          let target = target + index * rowCount + run.lowerBound
          for element in 0..<run.count { target[element] = table[Int(source[element])] }
        }
      }
    }
  }

  /// Converts one example of any type from `source` to `target`.
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
