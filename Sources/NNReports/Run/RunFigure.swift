/// A figure of a run: its name, its text, and which values are better.
struct RunFigure {
  /// Which values are better.
  enum Direction { case higher, lower }

  let name: String
  let text: String
  /// The number, where runs are ranked by it; nil for NaN.
  let value: Double?
  /// Which values are better; nil where runs are not ranked by them.
  let direction: Direction?

  /// Whether runs are ranked by it.
  var isRanked: Bool { direction != nil }

  /// A figure by which runs are not ranked.
  init(_ name: String, _ text: String) {
    (self.name, self.text) = (name, text)
    (value, direction) = (nil, nil)
  }

  /// A figure by which runs are ranked.
  init(_ name: String, _ text: String, value: Double, _ direction: Direction) {
    (self.name, self.text, self.direction) = (name, text, direction)
    self.value = value.isNaN ? nil : value
  }

  /// The indices of the best among several runs' figures of one name, which are nil for runs
  /// without it. Empty where fewer than two have a number, and where all are equal.
  static func best(of figures: [RunFigure?]) -> Set<Int> {
    let values = figures.map { $0?.value }
    let known = values.compactMap { $0 }
    guard known.count > 1, let least = known.min(), let greatest = known.max(), least < greatest,
      let direction = figures.compactMap({ $0?.direction }).first
    else { return [] }
    let best = direction == .higher ? greatest : least
    return Set(values.indices.filter { values[$0] == best })
  }
}
