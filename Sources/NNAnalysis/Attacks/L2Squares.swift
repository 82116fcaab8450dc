package import NNTraining

/// Changes of the square attack for `l2`: the start is a grid of squares; a change moves the norm of one
/// square to another (Algorithm 3 of the paper).
///
/// Each square holds a fixed profile, in two halves of opposite signs (`SquareProfile`), with a random
/// sign for each channel. A change removes the perturbation in a second square; in the first it adds the
/// profile to the perturbation there, both with norm 1, and scales the sum to the norm of both squares
/// and what is left of ε. The whole is scaled to ε and clipped to the range. Tables, whose columns are
/// no neighbours, have profiles of equal size with a random sign for each column.
package struct L2Squares: SearchProposals {
  private typealias Window = SquareBatch.Window

  private let batch: SquareBatch
  private var layout: SquareLayout { batch.layout }

  /// Prepares the changes of a batch for a search of some queries.
  package init(_ batch: AttackBatch, radius: Double, queries: Int, random: SquareRandom) {
    self.batch = SquareBatch(batch, radius: radius, queries: queries, random: random) {
      2 * $0.count + 6
    }
  }

  package func start() -> [Double] {
    // Five squares along the height, or along a single row.
    let length = layout.height == 1 ? layout.width : layout.height
    let side = layout.hasOwnSigns ? length : min(max(1, length / 5), layout.largestSide)
    let high = min(side, layout.height)
    let (lines, columns) = (layout.height / high, layout.width / side)
    let top = (layout.height - lines * high) / 2
    let left = (layout.width - columns * side) / 2
    return batch.clean.rows.indices.flatMap { row in
      var change = [Double](repeating: 0, count: layout.count)
      for tile in 0..<lines * columns {
        let first = tile * (layout.channels + 1)
        let window = Window(
          top: top + tile / columns * high, left: left + tile % columns * side, height: high,
          width: side)
        for channel in 0..<layout.channels {
          let profile = profile(
            of: window, row: row, orientation: first + layout.channels,
            sign: layout.hasOwnSigns ? 0 : first + channel, query: 0)
          for (element, number) in zip(elements(of: window, channel), profile) {
            change[element] = number
          }
        }
      }
      return perturbed(by: change, row: row)
    }
  }

  package func proposal(
    changing current: ArraySlice<Double>, row: Int, query: Int
  ) -> [Double] {
    let origin = row * layout.count
    var change = zip(current, batch.clean.values[origin..<origin + layout.count]).map { $0 - $1 }
    let side = side(query: query)
    let first = batch.window(row, side: side, firstNumber: 0, query: query)
    let second = batch.window(row, side: side, firstNumber: 2, query: query)
    let left = max(0, batch.radius * batch.radius - change.sumOfSquares) / Double(layout.channels)
    for channel in 0..<layout.channels {
      let (inFirst, inSecond) = (elements(of: first, channel), elements(of: second, channel))
      let old = inFirst.map { change[$0] }
      var squares = old.sumOfSquares
      for row in second.rows {
        for column in second.columns where !first.contains(row, column) {
          let number = change[layout.index(channel, row, column)]
          squares += number * number
        }
      }
      let profile = profile(
        of: first, row: row, orientation: 4, sign: 5 + (layout.hasOwnSigns ? 0 : channel),
        query: query)
      let length = old.sumOfSquares.squareRoot()
      var new = zip(profile, old).map { $0 + $1 / max(length, .leastNormalMagnitude) }
      if new.sumOfSquares == 0 { new = profile }
      for element in inSecond { change[element] = 0 }
      let scale = ((left + squares) / new.sumOfSquares).squareRoot()
      for (element, number) in zip(inFirst, new) { change[element] = number * scale }
    }
    return perturbed(by: change, row: row)
  }

  /// The side of squares as in the authors' code: odd and at least 3, so that both halves have a
  /// width; of tables any length.
  private func side(query: Int) -> Int {
    let side = batch.side(query: query)
    guard !layout.hasOwnSigns else { return side }
    return min(max(3, side.isMultiple(of: 2) ? side + 1 : side), layout.largestSide)
  }

  private func elements(of window: Window, _ channel: Int) -> [Int] {
    window.rows.flatMap { row in window.columns.map { layout.index(channel, row, $0) } }
  }

  /// The profile of a square with its signs, of norm 1.
  ///
  /// - Parameters:
  ///   - orientation: The random number that decides along which axis the halves lie.
  ///   - sign: The random number of the sign; in tables, of the first column's.
  private func profile(
    of window: Window, row: Int, orientation: Int, sign: Int, query: Int
  ) -> [Double] {
    guard !layout.hasOwnSigns else {
      let size = 1 / Double(window.columns.count).squareRoot()
      return window.columns.map { size * batch.sign(row, sign + $0, query: query) }
    }
    let isTransposed = batch.integer(row, orientation, below: 2, query: query) == 1
    let sign = batch.sign(row, sign, query: query)
    return SquareProfile(
      rows: window.rows.count, columns: window.columns.count, isTransposed: isTransposed
    ).values.map { sign * $0 }
  }

  /// An example's clean input plus a change that is scaled to the norm ε, clipped to the range.
  private func perturbed(by change: [Double], row: Int) -> [Double] {
    let length = change.sumOfSquares.squareRoot()
    let scale = length > 0 ? batch.radius / length : 0
    return change.enumerated().map { batch.changed(row, $0, by: scale * $1) }
  }
}

/// The profile of a square of the attack for `l2`: two halves of opposite signs, in each of which sizes
/// decrease from the centre, with norm 1 in all.
package struct SquareProfile {
  /// The numbers, row by row.
  package let values: [Double]

  /// Computes a profile.
  ///
  /// - Parameters:
  ///   - rows: The number of rows: 1, or that of the columns.
  ///   - columns: The number of columns.
  ///   - isTransposed: Whether the halves lie side by side instead of one above the other; those of a
  ///     single row always do.
  package init(rows: Int, columns: Int, isTransposed: Bool) {
    let isTransposed = isTransposed || rows == 1
    // Both halves, one above the other.
    let (high, wide) = isTransposed ? (columns, rows) : (rows, columns)
    let halves =
      Self.half(high / 2, wide) + Self.half(high - high / 2, wide).map { -$0 }
    let length = halves.sumOfSquares.squareRoot()
    values = (0..<rows * columns).map { index in
      let (row, column) = (index / columns, index % columns)
      return halves[isTransposed ? column * wide + row : row * wide + column] / length
    }
  }

  /// Sums of 1/k² over the squares of side 2k − 1 around the centre that contain an element, scaled to
  /// norm 1.
  private static func half(_ rows: Int, _ columns: Int) -> [Double] {
    let count = max(rows, columns) / 2 + 1
    var sums = [Double](repeating: 0, count: count + 1)
    for distance in stride(from: count - 1, through: 0, by: -1) {
      let side = Double(distance + 1)
      sums[distance] = sums[distance + 1] + 1 / (side * side)
    }
    let numbers = (0..<rows * columns).map { index in
      sums[max(abs(index / columns - rows / 2), abs(index % columns - columns / 2))]
    }
    let length = numbers.sumOfSquares.squareRoot()
    return numbers.map { $0 / length }
  }
}

extension [Double] {
  fileprivate var sumOfSquares: Double { reduce(0) { $0 + $1 * $1 } }
}
