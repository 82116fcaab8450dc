import NNCore
import NNData

/// Sequences of symbols, one of which has a mark near the beginning: the label is the marked
/// symbol.
struct RecallTask {
  /// The number of symbols.
  static let symbols = 4
  /// The length of a sequence.
  static let steps = 30
  /// The number of first steps in which the mark may be.
  static let window = 10

  /// [N, steps, symbols + 1]: the symbol one-hot encoded, then the mark; labels are the marked
  /// symbols.
  let data: Dataset
  /// The step of each sequence that has the mark.
  let marked: [Int]
  private let inputs: [Float]

  /// Draws sequences.
  init(rows: Int, seed: UInt64, part: UInt32) throws(NNError) {
    let random = Philox(seed: seed, stream: 3, step: part)
    let width = Self.symbols + 1
    var inputs = [Float](repeating: 0, count: rows * Self.steps * width)
    var labels: [Int32] = []
    var marked: [Int] = []
    for row in 0..<rows {
      let first = row * (Self.steps + 1)
      let place = random.integer(first, below: Self.window)
      marked.append(place)
      for step in 0..<Self.steps {
        let symbol = random.integer(first + 1 + step, below: Self.symbols)
        let start = (row * Self.steps + step) * width
        inputs[start + symbol] = 1
        guard step == place else { continue }
        inputs[start + Self.symbols] = 1
        labels.append(Int32(symbol))
      }
    }
    self.marked = marked
    self.inputs = inputs
    data = try Dataset(
      name: "recall", inputs: HostTensor(inputs, shape: [rows, Self.steps, width]),
      targets: HostTensor(labels))
  }

  /// The first sequences, and the same with another symbol at the mark.
  func twins(_ count: Int) -> (rows: HostTensor, changed: HostTensor) {
    let width = Self.symbols + 1
    let rows = Array(inputs.prefix(count * Self.steps * width))
    var changed = rows
    for row in 0..<count {
      let start = (row * Self.steps + marked[row]) * width
      let symbols = start..<start + Self.symbols
      let symbol = rows[symbols].firstIndex(of: 1) ?? start
      changed[symbol] = 0
      changed[symbol + 1 < symbols.upperBound ? symbol + 1 : start] = 1
    }
    let shape: Shape = [count, Self.steps, width]
    return (HostTensor(rows, shape: shape), HostTensor(changed, shape: shape))
  }
}
