package import NNTraining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension SearchDomain {
  /// The value at a position from 0 to 1 (exclusive): uniform positions result in values that are
  /// uniform on the domain's scale.
  package func value(at position: Double) -> SearchValue {
    switch self {
    case .choice(let values):
      .choice(min(Int(position * Double(values.count)), values.count - 1))
    case .range(let range): .number(range.number(at: position))
    }
  }

  /// The number of values; nil for every number of a range.
  package var count: Int? {
    switch self {
    case .choice(let values): values.count
    case .range(let range): range.count
    }
  }

  /// The value of an index from 0; only for domains with a count.
  package func value(atIndex index: Int) -> SearchValue {
    switch self {
    case .choice: .choice(index)
    case .range(let range): .number(range.value(at: index))
    }
  }
}

extension SearchRange {
  /// The ends of the scale on which positions are uniform: of the numbers, or of their logarithms.
  /// With a spacing each number stands for half of it on both sides.
  package var scale: (low: Double, high: Double) {
    let margin = (spacing ?? 0) / 2
    let (low, high) = (self.low - margin, last + margin)
    return isLogarithmic ? (log(low), log(high)) : (low, high)
  }

  /// A number's position on the scale.
  package func scaled(_ number: Double) -> Double { isLogarithmic ? log(number) : number }

  /// The number of the range nearest to a position on the scale.
  package func number(scaled position: Double) -> Double {
    let number = isLogarithmic ? exp(position) : position
    guard let spacing, let count else { return min(max(number, low), high) }
    let index = min(max(((number - low) / spacing).rounded(), 0), Double(count - 1))
    return low + index * spacing
  }

  /// The number at a position from 0 to 1.
  fileprivate func number(at position: Double) -> Double {
    let (low, high) = scale
    return number(scaled: low + position * (high - low))
  }
}
