import NNCore

/// How numbers are stored in files, in all supported formats, and the types they get in memory.
enum StoredType: Hashable, CaseIterable, Sendable {
  case bool, uint8, int8, uint16, int16, uint32, int32, uint64, int64
  case float16, bfloat16, float32, float64

  /// Bytes per number in the file.
  var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }

  /// The smallest element type of tensors that holds every value.
  var dtype: DType {
    switch self {
    case .bool: .bool
    case .uint8: .uint8
    case .int8, .uint16, .int16, .int32: .int32
    case .uint32, .uint64, .int64: .int64
    case .float16, .bfloat16, .float32: .float32
    case .float64: .float64
    }
  }

  /// The stored type with the same bytes as a tensor's elements.
  init(_ dtype: DType) {
    self =
      switch dtype {
      case .float32: .float32
      case .float64: .float64
      case .int32: .int32
      case .int64: .int64
      case .uint8: .uint8
      case .bool: .bool
      }
  }

  /// The bytes that numbers of a shape take in the file, or nil on overflow.
  ///
  /// A shape with an empty axis also returns nil when its other axes overflow, since its strides
  /// would.
  func byteCount(of dimensions: [Int]) -> Int? {
    var product = byteCount
    for dimension in dimensions {
      let (next, overflow) = product.multipliedReportingOverflow(by: max(1, dimension))
      if overflow { return nil }
      product = next
    }
    return dimensions.contains(0) ? 0 : product
  }

  /// Whether numbers in a file have the same bytes as elements of a tensor, so that they need no
  /// conversion.
  func hasTensorBytes(bigEndian: Bool) -> Bool {
    switch self {
    case .uint8: true
    case .int32, .int64, .float32, .float64: bigEndian == isBigEndianMachine
    case .bool, .int8, .uint16, .int16, .uint32, .uint64, .float16, .bfloat16: false
    }
  }

  /// Makes a tensor from a file's row-major numbers.
  ///
  /// - Throws: `NNError` when an unsigned 64-bit number exceeds 2⁶³ − 1, and when the tensor takes
  ///   more memory than there is.
  func decode(
    _ source: UnsafeRawBufferPointer, shape: Shape, bigEndian: Bool, at place: String
  ) throws(NNError) -> HostTensor {
    try MemoryLimit.check(shape.byteCount(of: dtype), "a tensor of \(shape)", at: place)
    func map<Raw: FixedWidthInteger & BitwiseCopyable, Element: TensorScalar>(
      _ transform: (Raw) -> Element
    ) -> HostTensor {
      HostTensor(shape: shape, dtype: Element.dtype) { target in
        let target = target.bindMemory(to: Element.self)
        for index in target.indices {
          let raw = source.loadUnaligned(
            fromByteOffset: index * MemoryLayout<Raw>.size, as: Raw.self)
          target[index] = transform(bigEndian ? Raw(bigEndian: raw) : Raw(littleEndian: raw))
        }
      }
    }
    switch self {
    case .bool: return map { (raw: UInt8) in raw != 0 }
    case .uint8: return copied(source, shape: shape)
    case .int8: return map { (raw: Int8) in Int32(raw) }
    case .uint16: return map { (raw: UInt16) in Int32(raw) }
    case .int16: return map { (raw: Int16) in Int32(raw) }
    case .uint32: return map { (raw: UInt32) in Int64(raw) }
    case .uint64:
      let result = map { (raw: UInt64) in Int64(truncatingIfNeeded: raw) }
      guard result.withScalars(as: Int64.self, { $0.allSatisfy { $0 >= 0 } }) else {
        throw .invalid("holds an unsigned 64-bit number above 2^63 - 1", at: place)
      }
      return result
    case .float16: return map { (raw: UInt16) in Float(halfPrecisionBits: raw) }
    case .bfloat16: return map { (raw: UInt16) in Float(bitPattern: UInt32(raw) << 16) }
    case .int32, .int64, .float32, .float64:
      if bigEndian == isBigEndianMachine { return copied(source, shape: shape) }
      switch self {
      case .int32: return map { (raw: Int32) in raw }
      case .int64: return map { (raw: Int64) in raw }
      case .float32: return map { (raw: UInt32) in Float(bitPattern: raw) }
      default: return map { (raw: UInt64) in Double(bitPattern: raw) }
      }
    }
  }

  private func copied(_ source: UnsafeRawBufferPointer, shape: Shape) -> HostTensor {
    HostTensor(shape: shape, dtype: dtype) { $0.copyMemory(from: source) }
  }

  private var isBigEndianMachine: Bool { 1.bigEndian == 1 }
}

extension Float {
  /// The value of an IEEE 754 half-precision number: 1 sign, 5 exponent and 10 fraction bits.
  init(halfPrecisionBits bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let exponent = UInt32(bits >> 10 & 0x1F)
    let fraction = UInt32(bits & 0x3FF)
    switch exponent {
    case 0:
      let magnitude = Float(fraction) * 0x1p-24
      self.init(bitPattern: magnitude.bitPattern | sign)
    case 0x1F: self.init(bitPattern: sign | 0x7F80_0000 | fraction << 13)
    default: self.init(bitPattern: sign | (exponent + 127 - 15) << 23 | fraction << 13)
    }
  }
}

extension [UInt8] {
  /// The unsigned number at `offset`, least significant byte first; the bytes must exist.
  func littleEndian<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type) -> Value {
    self[offset..<offset + MemoryLayout<Value>.size].reversed().reduce(0) { $0 << 8 | Value($1) }
  }

  /// Appends a number, least significant byte first.
  mutating func appendLittleEndian<Value: FixedWidthInteger>(_ value: Value) {
    for byte in 0..<MemoryLayout<Value>.size {
      append(UInt8(truncatingIfNeeded: value >> (8 * byte)))
    }
  }
}
