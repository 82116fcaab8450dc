import NNCore

/// Writes integers, numbers and texts one after another, as bytes of a file of the cache.
struct CacheRecordWriter {
  private var bytes: [UInt8] = []

  /// The bytes so far, uint8 [N].
  var tensor: HostTensor { HostTensor(bytes) }

  mutating func add(_ value: Int) { add(bits: UInt64(bitPattern: Int64(value))) }
  mutating func add(_ number: Double) { add(bits: number.bitPattern) }

  mutating func add(_ text: String) {
    add(text.utf8.count)
    bytes += text.utf8
  }

  /// Adds the number of elements, and then each.
  mutating func add<Element>(
    _ elements: [Element], _ body: (inout CacheRecordWriter, Element) -> Void
  ) {
    add(elements.count)
    for element in elements { body(&self, element) }
  }

  /// Adds whether there is a value, and the value.
  mutating func add<Value>(
    optional value: Value?, _ body: (inout CacheRecordWriter, Value) -> Void
  ) {
    add(value == nil ? 0 : 1)
    if let value { body(&self, value) }
  }

  private mutating func add(bits: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) {
      bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
    }
  }
}

/// Reads what a `CacheRecordWriter` has written, in the same order.
///
/// Damaged bytes give zeros and empty texts, and make `isValid` false.
struct CacheRecordReader {
  private let bytes: [UInt8]
  private var position = 0
  /// Whether everything was there so far.
  private(set) var isValid = true

  init(_ tensor: HostTensor) {
    bytes = tensor.dtype == .uint8 ? tensor.scalars(as: UInt8.self) : []
  }

  /// Whether everything was there, and nothing is left.
  var isComplete: Bool { isValid && position == bytes.count }

  mutating func integer() -> Int { Int(truncatingIfNeeded: bits()) }
  mutating func number() -> Double { Double(bitPattern: bits()) }

  mutating func text() -> String {
    let count = integer()
    guard isValid, count >= 0, count <= bytes.count - position else {
      isValid = false
      return ""
    }
    position += count
    return String(decoding: bytes[position - count..<position], as: UTF8.self)
  }

  mutating func list<Element>(_ body: (inout CacheRecordReader) -> Element) -> [Element] {
    let count = integer()
    var elements: [Element] = []
    // A damaged count ends where the bytes do.
    while isValid, elements.count < count { elements.append(body(&self)) }
    return elements
  }

  mutating func optional<Value>(_ body: (inout CacheRecordReader) -> Value) -> Value? {
    integer() == 0 ? nil : body(&self)
  }

  private mutating func bits() -> UInt64 {
    guard isValid, bytes.count - position >= 8 else {
      isValid = false
      return 0
    }
    let bits = (0..<8).reduce(0 as UInt64) { $0 | UInt64(bytes[position + $1]) << (8 * $1) }
    position += 8
    return bits
  }
}
