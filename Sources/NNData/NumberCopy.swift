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
  /// Stretches of neighbouring elements with the same line.
  private let stretches: [Range<Int>]

  init(scales: [Double], offsets: [Double]) {
    self.scales = scales
    self.offsets = offsets
    var stretches: [Range<Int>] = []
    var start = 0
    for end in scales.indices.map({ $0 + 1 })
    where end == scales.count || scales[end] != scales[start] || offsets[end] != offsets[start] {
      stretches.append(start..<end)
      start = end
    }
    self.stretches = stretches
  }

  /// Nothing is to be changed.
  var isIdentity: Bool {
    scales.allSatisfy { $0 == 1 } && offsets.allSatisfy { $0 == 0 }
  }

  /// Reads rows of any type from `source` and writes them one after the other to `target`.
  ///
  /// - Parameter rows: The places of the rows in `source`.
  func copy<Target: TensorScalar & BinaryFloatingPoint>(
    rows: some Collection<Int>, from source: UnsafeRawPointer, dtype: DType,
    into target: UnsafeMutablePointer<Target>
  ) {
    let rowCount = scales.count
    // A table costs 256 numbers for each stretch, which must pay.
    if dtype == .uint8, rows.count * rowCount >= 1024 * stretches.count {
      return copyByTable(
        rows: rows, from: source.assumingMemoryBound(to: UInt8.self), into: target)
    }
    for (place, row) in rows.enumerated() {
      copy(
        from: source + row * rowCount * dtype.byteCount, dtype: dtype,
        into: target + place * rowCount)
    }
  }

  /// Looks bytes up among the 256 numbers that a line gives; the results are those of `copy`.
  private func copyByTable<Target: TensorScalar & BinaryFloatingPoint>(
    rows: some Collection<Int>, from source: UnsafePointer<UInt8>,
    into target: UnsafeMutablePointer<Target>
  ) {
    let rowCount = scales.count
    withUnsafeTemporaryAllocation(of: Target.self, capacity: 256) { table in
      guard let table = table.baseAddress else { return }
      for stretch in stretches {
        let (scale, offset) = (scales[stretch.lowerBound], offsets[stretch.lowerBound])
        for byte in 0..<256 {
          (table + byte).initialize(to: Target(Double(byte) * scale + offset))
        }
        for (place, row) in rows.enumerated() {
          let source = source + row * rowCount + stretch.lowerBound
          let target = target + place * rowCount + stretch.lowerBound
          for index in 0..<stretch.count { target[index] = table[Int(source[index])] }
        }
      }
    }
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
