/// A value of a table as it is stored, in a `Double`: a finite number, nothing, or the index of a text.
///
/// A missing value is NaN; a text is a NaN whose lowest 32 bits hold its index plus one.
enum TableCell {
  /// A missing value.
  static let missing = Double(bitPattern: nanBits)

  private static let nanBits: UInt64 = 0x7FF8_0000_0000_0000

  /// The text with an index ≥ 0.
  static func text(_ index: Int32) -> Double {
    Double(bitPattern: nanBits | UInt64(UInt32(bitPattern: index) + 1))
  }

  /// The index of a cell's text; nil for numbers and missing values.
  static func textIndex(of cell: Double) -> Int? {
    guard cell.isNaN else { return nil }
    let bits = UInt32(truncatingIfNeeded: cell.bitPattern)
    return bits == 0 ? nil : Int(bits) - 1
  }
}
