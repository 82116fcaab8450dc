import NNTraining

/// The Sobol sequence in Gray code order (Antonov and Saleev 1979), as in SciPy without scrambling:
/// its first point is 0.
package struct SobolSequence: Sendable {
  /// For each dimension the 32 direction numbers, as fractions of 2³².
  private let directions: [[UInt32]]

  /// Creates a sequence.
  ///
  /// - Precondition: There are direction numbers for as many dimensions.
  package init(dimensions: Int) {
    precondition(dimensions <= SobolLimit.dimensions, "\(dimensions) dimensions")
    directions = (0..<dimensions).map(Self.directions)
  }

  /// A point, whose coordinates are numbers of 2⁻³².
  package func bits(at index: UInt32) -> [UInt32] {
    let gray = index ^ (index >> 1)
    return directions.map { numbers in
      numbers.enumerated().reduce(0) { sum, number in
        gray >> UInt32(number.offset) & 1 == 1 ? sum ^ number.element : sum
      }
    }
  }

  private static func directions(of dimension: Int) -> [UInt32] {
    var numbers: [UInt32]
    if dimension == 0 {
      numbers = Array(repeating: 1, count: 32)
    } else {
      let (polynomial, initial) = SobolDirections.table[dimension - 1]
      let degree = initial.count
      numbers = initial
      for index in degree..<32 {
        var next = numbers[index - degree]
        for term in 1...degree where polynomial >> UInt32(degree - term) & 1 == 1 {
          next ^= numbers[index - term] << UInt32(term)
        }
        numbers.append(next)
      }
    }
    return numbers.enumerated().map { $0.element << UInt32(31 - $0.offset) }
  }
}
