extension Sequence where Element == Int {
  /// The product of numbers ≥ 0; `Int.max` on overflow.
  ///
  /// Sizes come from files and options, so their products are computed this way and then checked
  /// against a limit. An extent of 0 makes the product 0, however large the others are.
  @inlinable public var saturatingProduct: Int {
    var product = 1
    var overflows = false
    for factor in self {
      if factor == 0 { return 0 }
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      if overflow { overflows = true } else { product = next }
    }
    return overflows ? .max : product
  }

  /// The sum of numbers ≥ 0; `Int.max` on overflow.
  @inlinable public var saturatingSum: Int { reduce(0) { $0.addingSaturating($1) } }
}

extension Int {
  /// This number times another, both ≥ 0; `Int.max` on overflow.
  @inlinable public func multipliedSaturating(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }

  /// This number plus another, both ≥ 0; `Int.max` on overflow.
  @inlinable public func addingSaturating(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
