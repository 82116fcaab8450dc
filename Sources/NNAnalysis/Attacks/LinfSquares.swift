package import NNTraining

/// Changes of the square attack for `linf`: the start is vertical stripes of ±ε; a change sets a square
/// to ±ε, with a random sign for each channel (Algorithm 2 of the paper).
package struct LinfSquares: SearchProposals {
  private let layout: SquareLayout
  private let radius: Double
  private let queries: Int
  private let random: SquareRandom
  private let clean: CleanNumbers

  /// Prepares the changes of a batch for a search of some queries.
  package init(_ batch: AttackBatch, radius: Double, queries: Int, random: SquareRandom) {
    layout = SquareLayout(of: batch)
    clean = CleanNumbers(batch)
    self.radius = radius
    self.queries = queries
    self.random = random
  }

  package func start() -> [Double] {
    var numbers = clean.values
    for row in clean.rows.indices {
      for channel in 0..<layout.channels {
        for column in 0..<layout.width {
          let sign = random.sign(number(row, channel * layout.width + column), query: 0)
          for line in 0..<layout.height {
            let index = row * layout.count + layout.index(channel, line, column)
            numbers[index] = clean.limited(clean.values[index] + sign * radius, at: index)
          }
        }
      }
    }
    return numbers
  }

  package func proposal(
    changing current: ArraySlice<Double>, row: Int, query: Int
  ) -> [Double] {
    var numbers = Array(current)
    let side = layout.side(query: query, of: queries)
    let high = min(side, layout.height)
    let top = random.integer(number(row, 0), below: layout.height - high + 1, query: query)
    let left = random.integer(number(row, 1), below: layout.width - side + 1, query: query)
    for channel in 0..<layout.channels {
      for line in top..<top + high {
        for column in left..<left + side {
          let sign = random.sign(
            number(row, 2 + channel + (layout.hasOwnSigns ? column : 0)), query: query)
          let element = layout.index(channel, line, column)
          let index = row * layout.count + element
          numbers[element] = clean.limited(clean.values[index] + sign * radius, at: index)
        }
      }
    }
    return numbers
  }

  /// A number of the random stream that no other example has.
  private func number(_ row: Int, _ index: Int) -> Int {
    clean.rows[row] * (layout.count + 2) + index
  }
}
