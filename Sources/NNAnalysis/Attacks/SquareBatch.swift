import NNTraining

/// A batch under the square attack of either norm: where its elements are, and the random numbers of
/// its examples.
struct SquareBatch: Sendable {
  /// The place of a square.
  struct Window {
    let rows: Range<Int>
    let columns: Range<Int>

    init(top: Int, left: Int, height: Int, width: Int) {
      rows = top..<top + height
      columns = left..<left + width
    }

    func contains(_ row: Int, _ column: Int) -> Bool {
      rows.contains(row) && columns.contains(column)
    }
  }

  let layout: SquareLayout
  let clean: CleanNumbers
  /// The radius ε of the perturbations.
  let radius: Double
  private let queries: Int
  private let random: SquareRandom
  private let numberCount: Int

  /// Prepares a batch for a search of some queries.
  ///
  /// - Parameter numberCount: How many random numbers an example takes at a query.
  init(
    _ batch: AttackBatch, radius: Double, queries: Int, random: SquareRandom,
    numberCount: (SquareLayout) -> Int
  ) {
    layout = SquareLayout(of: batch)
    clean = CleanNumbers(batch)
    self.radius = radius
    self.queries = queries
    self.random = random
    self.numberCount = numberCount(layout)
  }

  /// The side of the squares at a query.
  func side(query: Int) -> Int { layout.side(query: query, of: queries) }

  /// A random square of an example, from two of its random numbers.
  func window(_ row: Int, side: Int, firstNumber index: Int, query: Int) -> Window {
    let high = min(side, layout.height)
    return Window(
      top: integer(row, index, below: layout.height - high + 1, query: query),
      left: integer(row, index + 1, below: layout.width - side + 1, query: query),
      height: high, width: side)
  }

  /// A random number of an example, in 0..<bound.
  func integer(_ row: Int, _ index: Int, below bound: Int, query: Int) -> Int {
    random.integer(number(row, index), below: bound, query: query)
  }

  /// A random sign of an example, 1 or −1.
  func sign(_ row: Int, _ index: Int, query: Int) -> Double {
    random.sign(number(row, index), query: query)
  }

  /// A clean number of an example plus a change, clipped to the range.
  func changed(_ row: Int, _ element: Int, by change: Double) -> Double {
    let index = row * layout.count + element
    return clean.limited(clean.values[index] + change, at: index)
  }

  /// A number of the random stream that no other example has.
  private func number(_ row: Int, _ index: Int) -> Int { clean.rows[row] * numberCount + index }
}
