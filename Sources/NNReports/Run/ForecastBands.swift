import NNDrawing
import NNLosses

/// Bands between quantiles of forecasts: the lowest and the highest level, the next ones inside them,
/// and so on.
enum ForecastBands {
  /// The bands from outside to inside; none for fewer than two levels.
  ///
  /// - Parameters:
  ///   - x: The keys.
  ///   - levels: The levels; nil where outputs are no quantiles.
  ///   - values: Returns the values of a level, by its place, one for each of `x`.
  static func marks(
    x: [Double], levels: QuantileLevels?, values: (_ level: Int) -> [Double]
  ) -> [any Mark] {
    guard let levels else { return [] }
    return pairs(levels).map { low, high in
      Area(
        "\(levels.names[low]) to \(levels.names[high])", x: x, lower: values(low),
        upper: values(high), color: .series(1))
    }
  }

  /// What the bands are, a sentence.
  static func described(_ levels: QuantileLevels) -> String {
    let shares = pairs(levels).map { low, high in
      let share = (levels.levels[high] - levels.levels[low]) * 100
      return "\(NumberText.short(share)) %"
    }
    guard !shares.isEmpty else { return "" }
    return "Bands that should hold \(shares.joined(separator: " and ")) of the values are shaded."
  }

  private static func pairs(_ levels: QuantileLevels) -> [(low: Int, high: Int)] {
    (0..<levels.count / 2).map { ($0, levels.count - 1 - $0) }
  }
}
