/// A forecast from a series' own values alone, with which networks are compared.
public enum SeriesBaseline: String, Sendable, Hashable, CaseIterable {
  /// The last value.
  case naive
  /// The last value of the same place in the season.
  case seasonalNaive = "seasonal_naive"
  /// The last value, and the mean change for each step.
  case drift
  /// Simple exponential smoothing: a level.
  case simpleSmoothing = "simple_smoothing"
  /// Holt's exponential smoothing: level and trend.
  case holt
  /// Holt and Winters' exponential smoothing: level, trend and additive season.
  case holtWinters = "holt_winters"

  /// Forecasts the values after a history.
  ///
  /// - Parameters:
  ///   - steps: The number of values.
  ///   - history: The values so far, in temporal order.
  ///   - season: The number of values in a season; 1 for none.
  /// - Returns: The values; nil without a season for seasonal ones, and for a history that is too
  ///   short: a season, two values for `drift`, four for trends, two seasons and four for `holtWinters`, whose
  ///   season is 366 values or fewer.
  public func forecast(steps: Int, after history: [Double], season: Int) -> [Double]? {
    guard let last = history.last else { return nil }
    switch self {
    case .naive: return [Double](repeating: last, count: steps)
    case .seasonalNaive:
      guard season > 1, history.count >= season else { return nil }
      return (0..<steps).map { history[history.count - season + $0 % season] }
    case .drift:
      guard history.count > 1 else { return nil }
      let change = (last - history[0]) / Double(history.count - 1)
      return (1...max(1, steps)).prefix(steps).map { last + Double($0) * change }
    case .simpleSmoothing:
      return ExponentialSmoothing(fitting: history, hasTrend: false)?.forecast(steps)
    case .holt:
      return ExponentialSmoothing(fitting: history, hasTrend: true)?.forecast(steps)
    case .holtWinters:
      guard season > 1 else { return nil }
      return ExponentialSmoothing(fitting: history, hasTrend: true, season: season)?
        .forecast(steps)
    }
  }
}
