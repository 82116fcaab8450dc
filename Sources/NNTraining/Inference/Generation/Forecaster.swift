public import NNCore
import NNData
import NNLayers

/// Forecasts a time series with a network that was trained on windows of it.
public struct Forecaster: Sendable {
  private let predictor: Predictor
  private let source: SeriesSource
  /// The number of values that the network forecasts at once.
  public var horizon: Int { source.horizon }

  /// Prepares a model.
  ///
  /// - Throws: `NNError` for a model that was not trained on a series.
  public init(_ model: TrainedModel) throws(NNError) {
    guard case .series(let source) = try model.config?.makeTrainSource() else {
      throw .invalid(
        "the run was trained on \(model.sourceKind), which is not a time series",
        hint: "train on a source such as {series: sales.csv, column: units, window: 12}")
    }
    self.source = source
    predictor = try Predictor(model)
  }

  /// Forecasts the values that follow the end of the series.
  ///
  /// - Parameters:
  ///   - steps: The number of values; past the horizon, forecasts become inputs.
  ///   - file: A file with the same columns; nil for the training file.
  ///   - onValues: Called with new values as they are computed; return false to stop.
  /// - Throws: `NNError` for a series shorter than the window, and for more steps than the horizon
  ///   if the network reads several columns, since it forecasts only the first.
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

  /// The maximum number of forecast values.
  package static let largestCount = 10_000_000
}
