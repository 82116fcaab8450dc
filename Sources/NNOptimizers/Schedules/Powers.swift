#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Double {
  /// This number to an integer power.
  func raised(to exponent: Int) -> Double { pow(self, Double(exponent)) }

  /// The cosine of this angle in radians.
  var cosine: Double { cos(self) }
}
