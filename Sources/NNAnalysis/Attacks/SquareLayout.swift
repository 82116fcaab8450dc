package import NNCore
import NNTraining

/// Where the elements of an example lie in an image of channels, rows and columns.
package struct SquareLayout: Sendable {
  let channels: Int
  let height: Int
  let width: Int
  /// Whether elements of one place lie next to each other, as in series [T, F].
  private let isChannelLast: Bool
  /// Whether each column has a sign of its own, as in tables, whose columns are no neighbours.
  let hasOwnSigns: Bool

  /// The layout of an example's shape.
  package init(_ shape: Shape) {
    let dimensions = shape.dimensions
    isChannelLast = dimensions.count == 2
    hasOwnSigns = dimensions.count < 2
    switch dimensions.count {
    case 0: (channels, height, width) = (1, 1, 1)
    case 1: (channels, height, width) = (1, 1, dimensions[0])
    case 2: (channels, height, width) = (dimensions[1], 1, dimensions[0])
    default:
      channels = dimensions.dropLast(2).reduce(1, *)
      (height, width) = (dimensions[dimensions.count - 2], dimensions[dimensions.count - 1])
    }
  }

  /// The layout of the examples of a batch.
  init(of batch: AttackBatch) {
    self.init(Shape(Array(batch.clean.shape.dimensions.dropFirst())))
  }

  /// The number of elements of an example.
  var count: Int { channels * height * width }

  /// The number of an element of an example.
  func index(_ channel: Int, _ row: Int, _ column: Int) -> Int {
    isChannelLast
      ? (row * width + column) * channels + channel : (channel * height + row) * width + column
  }

  /// The largest side of a square; of a single row, the longest run.
  var largestSide: Int { height == 1 ? width : min(height, width) }

  /// The side of the squares at a query: the share of changed elements, 0.8 at first, is halved at
  /// fixed queries of 10,000, scaled to their number. Of a single row it is the length of a run.
  func side(query: Int, of queries: Int) -> Int {
    let scaled = query * 10_000 / max(1, queries)
    let limits = [10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000]
    let halvings = limits.count { scaled > $0 }
    let places = Double(height * width) * 0.8 / Double(1 << halvings)
    let side = height == 1 ? places : places.squareRoot()
    return min(max(1, Int(side.rounded())), largestSide)
  }
}

/// The clean inputs of a batch as numbers, and their range.
struct CleanNumbers {
  let rows: [Int]
  let values: [Double]
  private let low: [Double]
  private let high: [Double]

  init(_ batch: AttackBatch) {
    rows = batch.rows
    values = batch.clean.doubles
    low = batch.low.doubles
    high = batch.high.doubles
  }

  /// A number in the range of an element of the batch.
  func limited(_ number: Double, at index: Int) -> Double {
    min(max(number, low[index]), high[index])
  }
}
