/// Parses decimal numbers from bytes, correctly rounded as by `strtod`, without making a text.
///
/// A number of up to 19 digits is an integer w < 2⁶⁴ times a power of ten 10ᵠ. For |q| ≤ 27 the
/// power of five 5^|q| fits in 64 bits, so w · 5ᵠ is computed exactly: as a product of 128 bits, or as
/// a quotient of 64 bits and its remainder. It is rounded once, to the nearest number and on ties
/// to the even one.
enum DecimalNumber {
  /// The number that a whole text holds; nil for texts that `Double(_:)` must read.
  static func value(_ text: String, point: UInt8) -> Double? {
    let parsed = text.utf8.withContiguousStorageIfAvailable { bytes -> Double? in
      guard let (number, end) = scan(bytes, from: 0, point: point), end == bytes.count else {
        return nil
      }
      return number
    }
    return parsed ?? nil
  }

  /// Reads the number that starts at an index.
  ///
  /// - Parameters:
  ///   - bytes: The text.
  ///   - start: The index of the sign or first digit.
  ///   - point: The decimal separator.
  /// - Returns: The number and the index after its last character; nil where there is none, and for
  ///   numbers outside the range above, which may still be numbers.
  @inline(__always)
  static func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, point: UInt8
  ) -> (number: Double, end: Int)? {
    let count = bytes.count
    var index = start
    guard index < count else { return nil }
    let sign = bytes[index]
    let isNegative = sign == UInt8(ascii: "-")
    // A branch on the sign would be mispredicted half of the time.
    index &+= (isNegative ? 1 : 0) | (sign == UInt8(ascii: "+") ? 1 : 0)
    let first = index
    var mantissa: UInt64 = 0
    while index < count, bytes[index] &- 48 < 10 {
      mantissa = mantissa &* 10 &+ UInt64(bytes[index] &- 48)
      index += 1
    }
    var digitCount = index - first
    guard digitCount > 0 else { return nil }
    var exponent = 0
    if index < count, bytes[index] == point {
      index += 1
      let fraction = index
      readDigits(bytes, from: &index, into: &mantissa)
      guard index > fraction else { return nil }
      exponent = fraction - index
      digitCount += index - fraction
    }
    if digitCount > largestDigitCount {
      // Leading zeros do not count.
      var zeros = first
      while zeros < index, bytes[zeros] == 48 || bytes[zeros] == point {
        if bytes[zeros] == 48 { digitCount -= 1 }
        zeros += 1
      }
      guard digitCount <= largestDigitCount else { return nil }
    }
    if index < count, bytes[index] | 0x20 == UInt8(ascii: "e") {
      guard let (scale, end) = exponentValue(bytes, from: index + 1) else { return nil }
      exponent += scale
      index = end
    }
    guard let magnitude = magnitude(mantissa, exponent) else { return nil }
    return (Double(bitPattern: magnitude.bitPattern | (isNegative ? 1 << 63 : 0)), index)
  }

  /// Appends the digits from an index on to a number, modulo 2⁶⁴, eight at a time, and moves the index
  /// behind them.
  @inline(__always)
  private static func readDigits(
    _ bytes: UnsafeBufferPointer<UInt8>, from index: inout Int, into number: inout UInt64
  ) {
    while let base = bytes.baseAddress, bytes.count - index >= 8 {
      let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
      let (digits, length) = leadingDigits(UInt64(littleEndian: word))
      number = number &* wholePowers[length] &+ digits
      index += length
      guard length == 8 else { return }
    }
    while index < bytes.count, bytes[index] &- 48 < 10 {
      number = number &* 10 &+ UInt64(bytes[index] &- 48)
      index += 1
    }
  }

  /// The number of the digits with which eight characters begin, and how many they are. The first
  /// character is the lowest byte.
  ///
  /// Source: Lemire, "Number parsing at a gigabyte per second", Software: Practice and Experience 51,
  /// 2021, for eight digits.
  @inline(__always)
  private static func leadingDigits(_ characters: UInt64) -> (digits: UInt64, length: Int) {
    let values = characters ^ 0x3030_3030_3030_3030
    // A value above 9 sets the highest bit of its byte; only bytes above it see its carry.
    let others = (values &+ 0x7676_7676_7676_7676 | values) & 0x8080_8080_8080_8080
    let bits = UInt64(others.trailingZeroBitCount & ~7)
    guard bits > 0 else { return (0, 0) }
    // Zeros come before the digits; then pairs, fours and all eight are joined.
    let digits = values << (64 - bits)
    let pairs = digits &* 10 &+ digits >> 8
    let mask: UInt64 = 0x0000_00FF_0000_00FF
    let even = (pairs & mask) &* 0x000F_4240_0000_0064
    let odd = (pairs >> 16 & mask) &* 0x0000_2710_0000_0001
    return ((even &+ odd) >> 32, Int(bits / 8))
  }

  /// 10⁰ to 10⁸.
  private static let wholePowers: [UInt64] = [
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000,
  ]

  /// The largest number of digits whose integer is below 2⁶⁴.
  private static let largestDigitCount = 19

  /// The integer after `e`, of up to 4 digits.
  private static func exponentValue(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> (Int, Int)? {
    var index = start
    guard index < bytes.count else { return nil }
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative || bytes[index] == UInt8(ascii: "+") { index += 1 }
    let first = index
    var value = 0
    while index < bytes.count, bytes[index] &- 48 < 10, index - first < 5 {
      value = value * 10 + Int(bytes[index] &- 48)
      index += 1
    }
    guard (1...4).contains(index - first) else { return nil }
    return (isNegative ? -value : value, index)
  }

  /// w · 10ᵠ, rounded once; nil for an exponent outside −27…27.
  @inline(__always)
  private static func magnitude(_ mantissa: UInt64, _ exponent: Int) -> Double? {
    // Both operands are exact, so that one operation rounds once.
    if mantissa <= 1 << 53, exponent >= -22, exponent <= 22 {
      return exponent <= 0
        ? Double(mantissa) / powersOfTen[-exponent] : Double(mantissa) * powersOfTen[exponent]
    }
    return longMagnitude(mantissa, exponent)
  }

  /// The same for numbers with more digits or larger exponents.
  private static func longMagnitude(_ mantissa: UInt64, _ exponent: Int) -> Double? {
    guard mantissa > 0 else { return 0 }
    guard exponent >= -27, exponent <= 27 else { return nil }
    let shift = mantissa.leadingZeroBitCount
    let number = mantissa << UInt64(shift)
    let power = powersOfFive[abs(exponent)]
    let powerShift = power.leadingZeroBitCount
    let divisor = power << UInt64(powerShift)
    guard exponent < 0 else {
      let (high, low) = number.multipliedFullWidth(by: divisor)
      let binary = 64 + exponent - shift - powerShift
      return high >> 63 == 1
        ? rounded(high, isInexact: low != 0, exponent: binary)
        : rounded(high << 1 | low >> 63, isInexact: low << 1 != 0, exponent: binary - 1)
    }
    let binary = exponent + powerShift - shift - 64
    // The quotient has 64 bits, the first of which is set.
    let (quotient, remainder) =
      number >= divisor
      ? divisor.dividingFullWidth((number >> 1, number << 63))
      : divisor.dividingFullWidth((number, 0))
    return rounded(
      quotient, isInexact: remainder != 0, exponent: number >= divisor ? binary + 1 : binary)
  }

  /// (bits + a fraction) · 2ᵉ, rounded to 53 bits; the first of the 64 bits is set.
  ///
  /// - Parameter isInexact: Whether the fraction is above 0.
  private static func rounded(_ bits: UInt64, isInexact: Bool, exponent: Int) -> Double {
    var significand = bits >> 11
    let rest = bits & 0x7FF
    if rest > 0x400 || rest == 0x400 && (isInexact || significand & 1 == 1) { significand += 1 }
    // Powers of two are exact, and all exponents here are far from the ends of the range.
    return Double(significand) * Double(bitPattern: UInt64(exponent + 11 + 1023) << 52)
  }

  /// 10⁰ to 10²², which are exact.
  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// 5⁰ to 5²⁷.
  private static let powersOfFive: [UInt64] = (0...27).reduce(into: []) { powers, _ in
    powers.append((powers.last ?? 1) * (powers.isEmpty ? 1 : 5))
  }
}
