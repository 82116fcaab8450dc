import Foundation
import NNData
import Testing

/// What pandas and statsmodels compute of series.
struct SeriesFixture: Decodable {
  /// A series with the fits of statsmodels' `ExponentialSmoothing`.
  struct Smoothing: Decodable, CustomTestStringConvertible {
    let name: String
    let season: Int
    let trend: Bool
    let values: [Double]
    /// The error and the forecast of the best rates.
    let error: Double
    let forecast: [Double]
    /// Rates of level, trend and season, and the error and the forecast of the best initial states.
    let fixed: [Double]
    let fixed_error: Double
    let fixed_forecast: [Double]

    var testDescription: String { name }

    var rates: ExponentialSmoothing.Rates {
      ExponentialSmoothing.Rates(
        level: fixed[0], trend: trend ? fixed[1] : 0, season: season > 1 ? fixed[2] : 0)
    }
  }

  /// Values with gaps, and without.
  struct Filled: Decodable {
    let values: [Double?]
    let linear: [Double]
    let previous: [Double]
  }

  /// A range of dates of a frequency.
  struct Steps: Decodable, CustomTestStringConvertible {
    let frequency: String
    let dates: [String]
    let seconds: [Int]

    var testDescription: String { frequency }
  }

  let smoothing: [Smoothing]
  let filled: Filled
  let steps: [Steps]

  static let all: SeriesFixture? = try? JSONDecoder().decode(
    SeriesFixture.self, from: Data(contentsOf: ColumnFixture.file("series")))
}
