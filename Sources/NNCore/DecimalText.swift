#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Decimal fractions of numbers, rounded as C's `printf` rounds them.
package enum DecimalText {
  /// A number of decimals: `91.20`.
  package static func fixed(_ number: Double, decimals: Int) -> String {
    formatted("%.*f", decimals, number)
  }

  /// A number of significant digits without trailing zeros: `0.01234`, `1.5e-07`.
  package static func significant(_ number: Double, digits: Int) -> String {
    formatted("%.*g", digits, number)
  }

  /// A mantissa with a number of decimals, and an exponent: `1.50e-07`.
  package static func scientific(_ number: Double, decimals: Int) -> String {
    formatted("%.*e", decimals, number)
  }

  private static func formatted(_ format: String, _ digits: Int, _ number: Double) -> String {
    // A Double has at most 309 digits before the point.
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
      withVaList([Int32(clamping: digits), number]) { arguments in
        _ = vsnprintf(buffer.baseAddress, buffer.count, format, arguments)
      }
      return buffer.baseAddress.map { String(cString: $0) } ?? ""
    }
  }
}
