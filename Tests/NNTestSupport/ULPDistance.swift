/// The number of representable numbers from one to the other.
///
/// Zeros of both signs are the same number; NaN is 0 from NaN and `.max` from everything else.
package func ulpDistance(_ left: Float, _ right: Float) -> UInt64 {
  if left.isNaN || right.isNaN { return left.isNaN && right.isNaN ? 0 : .max }
  return distance(
    ordered(UInt64(left.magnitude.bitPattern), isNegative: left.sign == .minus),
    ordered(UInt64(right.magnitude.bitPattern), isNegative: right.sign == .minus))
}

/// The number of representable numbers from one to the other.
///
/// Zeros of both signs are the same number; NaN is 0 from NaN and `.max` from everything else.
package func ulpDistance(_ left: Double, _ right: Double) -> UInt64 {
  if left.isNaN || right.isNaN { return left.isNaN && right.isNaN ? 0 : .max }
  return distance(
    ordered(left.magnitude.bitPattern, isNegative: left.sign == .minus),
    ordered(right.magnitude.bitPattern, isNegative: right.sign == .minus))
}

/// The error of a Float32 in units of the last place of the exact number's nearest Float32.
///
/// An overflowing or infinite exact number and NaN ask for the same number: 0 or infinity.
package func ulpError(_ actual: Float, exact: Double) -> Double {
  let nearest = Float(exact)
  guard nearest.isFinite, actual.isFinite else {
    return actual == nearest || (actual.isNaN && nearest.isNaN) ? 0 : .infinity
  }
  return (Double(actual) - exact).magnitude / Double(nearest.magnitude.ulp)
}

/// The rank of a number among all representable numbers; 0 for zero.
private func ordered(_ magnitude: UInt64, isNegative: Bool) -> Int64 {
  isNegative ? -Int64(magnitude) : Int64(magnitude)
}

private func distance(_ left: Int64, _ right: Int64) -> UInt64 {
  // From the lowest to the highest number does not fit Int64; wrapped, it fits UInt64.
  UInt64(bitPattern: max(left, right) &- min(left, right))
}
