public import NNCore
import NNData
import NNLayers

/// Forecasts how a series goes on, with a network that was trained on windows of it.
public struct Forecaster: Sendable {
  private let predictor: Predictor
  private let source: SeriesSource
  /// How many values the network forecasts at once.
  public var horizon: Int { source.horizon }

  /// Prepares a model.
  ///
  /// - Throws: `NNError` for a model of other data.
  public init(_ model: TrainedModel) throws(NNError) {
    guard case .series(let source) = try model.config.makeTrainSource() else {
      throw .invalid(
        "the run was trained on \(model.config.data.train.kind), which is no series",
        hint: "train on a source such as {series: sales.csv, column: units, window: 12}")
    }
    self.source = source
    predictor = try Predictor(model)
  }

  /// The values that follow the end of the series.
  ///
  /// - Parameters:
  ///   - steps: How many; beyond the horizon forecasts are the network's input.
  ///   - file: A file with the same columns; nil for the one of the training.
  ///   - onValues: Gets the values as they come; false ends the forecast.
  /// - Throws: `NNError` for a series shorter than the window, and for more steps than the horizon
  ///   where the network reads several columns, of which only the first is forecast.
  @discardableResult
  public func forecast(
    steps: Int, file: String? = nil, onValues: ([Double]) -> Bool = { _ in true }
  ) throws(NNError) -> [Double] {
    guard (1...Self.largestCount).contains(steps) else {
      throw .invalid("forecasts 1 to \(Self.largestCount) values, not \(steps)")
    }
    guard steps <= horizon || source.columns.count == 1 else {
      throw .invalid(
        "forecasts go \(horizon) steps ahead, not \(steps): the network reads "
          + "\(source.columns.count) columns and forecasts one")
    }
    var whole = source
    (whole.from, whole.to) = (nil, nil)
    let path = file ?? source.file
    var window = try whole.lastWindow(
      path: path, known: predictor.model.encoding.featureNames)
    var values: [Double] = []
    while values.count < steps {
      let next = try predictor.predict(window).doubles
      let new = next.prefix(steps - values.count)
      values += new
      guard onValues(Array(new)), values.count < steps else { break }
      window = HostTensor(
        Array((window.doubles + next).suffix(source.window)), shape: window.shape)
    }
    return values
  }

  /// The most values of a forecast.
  package static let largestCount = 10_000_000
}
