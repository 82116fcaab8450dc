package import NNTraining

/// Changes of the square attack for `linf`: the start is vertical stripes of ±ε; a change sets a square
/// to ±ε, with a random sign for each channel (Algorithm 2 of the paper).
package struct LinfSquares: SearchProposals {
  private let batch: SquareBatch

  /// Prepares the changes of a batch for a search of some queries.
  package init(_ batch: AttackBatch, radius: Double, queries: Int, random: SquareRandom) {
    self.batch = SquareBatch(batch, radius: radius, queries: queries, random: random) {
      $0.count + 2
    }
  }

  package func start() -> [Double] {
    let layout = batch.layout
    var numbers = batch.clean.values
    for row in batch.clean.rows.indices {
      for channel in 0..<layout.channels {
        for column in 0..<layout.width {
          let sign = batch.sign(row, channel * layout.width + column, query: 0)
          for line in 0..<layout.height {
            let element = layout.index(channel, line, column)
            numbers[row * layout.count + element] = batch.changed(
              row, element, by: sign * batch.radius)
          }
        }
      }
    }
    return numbers
  }

  package func proposal(
    changing current: ArraySlice<Double>, row: Int, query: Int
  ) -> [Double] {
    let layout = batch.layout
    var numbers = Array(current)
    let window = batch.window(row, side: batch.side(query: query), firstNumber: 0, query: query)
    for channel in 0..<layout.channels {
      for line in window.rows {
        for column in window.columns {
          let sign = batch.sign(
            row, 2 + channel + (layout.hasOwnSigns ? column : 0), query: query)
          let element = layout.index(channel, line, column)
          numbers[element] = batch.changed(row, element, by: sign * batch.radius)
        }
      }
    }
    return numbers
  }
}
