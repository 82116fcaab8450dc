/// Arithmetic of vectors of equal length in Float64, with sums in a fixed order.
enum Vector {
  /// Σ a·b
  static func dot(_ left: [Double], _ right: [Double]) -> Double {
    var sum = 0.0
    for index in left.indices { sum += left[index] * right[index] }
    return sum
  }

  /// a + factor·b
  static func sum(_ left: [Double], _ right: [Double], times factor: Double) -> [Double] {
    var result = left
    add(right, times: factor, to: &result)
    return result
  }

  /// target + factor·b, in place
  static func add(_ other: [Double], times factor: Double, to target: inout [Double]) {
    for index in target.indices { target[index] += factor * other[index] }
  }

  /// factor·a
  static func scaled(_ vector: [Double], by factor: Double) -> [Double] {
    vector.map { factor * $0 }
  }

  /// max |a|; NaN if an element is.
  static func largest(_ vector: [Double]) -> Double {
    var largest = 0.0
    for number in vector {
      if number.isNaN { return .nan }
      largest = max(largest, abs(number))
    }
    return largest
  }

  /// Σ |a|
  static func sumOfMagnitudes(_ vector: [Double]) -> Double {
    vector.reduce(0) { $0 + abs($1) }
  }
}
