/// A hash table of distinct byte strings, numbered in the order in which they were inserted.
///
/// Bytes of a text are looked up in place: unlike with a dictionary of strings or arrays, a look-up
/// allocates no memory and compares bytes, not characters.
struct ByteStringTable: Sendable {
  private(set) var strings = ByteStrings()
  private var hashes: [UInt64] = []
  /// Numbers of strings by their hash, −1 where a slot is free; at most half of the slots are used.
  private var slots = [Int32](repeating: -1, count: 1024)

  var count: Int { strings.count }

  /// The number of a string, or nil when it is not in the table.
  func number(of string: UnsafeBufferPointer<UInt8>) -> Int? {
    let found = slots[slot(of: string, hash: Self.hash(string))]
    return found < 0 ? nil : Int(found)
  }

  /// The number of a string, which is inserted if it is new; a new one has the last number.
  mutating func insert(_ string: UnsafeBufferPointer<UInt8>) -> Int {
    let hash = Self.hash(string)
    let slot = slot(of: string, hash: hash)
    if slots[slot] >= 0 { return Int(slots[slot]) }
    slots[slot] = Int32(count)
    strings.append(string)
    hashes.append(hash)
    if count * 2 > slots.count { grow() }
    return count - 1
  }

  /// The number of a string given as an array, which is inserted if it is new.
  mutating func insert(_ string: [UInt8]) -> Int {
    string.withUnsafeBufferPointer { insert($0) }
  }

  /// The slot of the string, or the free slot for it.
  private func slot(of string: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0, !holds(Int(slots[slot]), string, hash) {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  private func holds(_ number: Int, _ string: UnsafeBufferPointer<UInt8>, _ hash: UInt64) -> Bool {
    guard hashes[number] == hash else { return false }
    let range = strings.range(number)
    guard range.count == string.count else { return false }
    return strings.bytes.withUnsafeBufferPointer { bytes in
      for index in 0..<string.count where bytes[range.lowerBound + index] != string[index] {
        return false
      }
      return true
    }
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for (number, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(number)
    }
  }

  /// FNV-1a, with the upper half folded into the bits that select a slot.
  ///
  /// Source: http://www.isthe.com/chongo/tech/comp/fnv
  private static func hash(_ string: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in string { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash ^ (hash >> 32)
  }
}
