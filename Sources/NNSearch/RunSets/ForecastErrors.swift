/// Errors of forecasts, each a mean over all that were added.
package struct ForecastErrors: Sendable {
  private var count = 0
  private var absolute = 0.0
  private var squared = 0.0
  private var symmetric = 0.0
  private var scaled = 0.0

  /// Errors of no forecasts.
  init() {}

  /// Adds a forecast.
  ///
  /// - Parameters:
  ///   - forecast: The forecast.
  ///   - value: The value that came.
  ///   - scale: The mean absolute error of the seasonal-naive forecasts of one step within the values
  ///     before the origin.
  mutating func add(_ forecast: Double, of value: Double, scale: Double) {
    let error = (forecast - value).magnitude
    count += 1
    absolute += error
    squared += error * error
    let size = forecast.magnitude + value.magnitude
    symmetric += size == 0 ? 0 : 200 * error / size
    scaled += error / scale
  }

  /// MAE: the mean of |error|.
  package var absoluteError: Double { absolute / Double(count) }
  /// RMSE: the root of the mean of error².
  package var rootSquaredError: Double { (squared / Double(count)).squareRoot() }
  /// MASE: the mean of |error| ÷ scale; infinite or NaN where a history is constant.
  package var scaledError: Double { scaled / Double(count) }
  /// sMAPE in percent: the mean of 200·|error| ÷ (|forecast| + |value|), 0 where both are 0.
  package var symmetricError: Double { symmetric / Double(count) }

  /// The errors by their names.
  package var figures: [(name: String, value: Double)] {
    [
      ("mae", absoluteError), ("rmse", rootSquaredError), ("mase", scaledError),
      ("smape", symmetricError),
    ]
  }

  /// The scale of a history: the mean of |y(t) − y(t − season)|; NaN for one of a season or less.
  package static func scale(of history: [Double], season: Int) -> Double {
    guard history.count > season else { return .nan }
    let sum = zip(history.dropFirst(season), history).reduce(0) { $0 + ($1.0 - $1.1).magnitude }
    return sum / Double(history.count - season)
  }
}
