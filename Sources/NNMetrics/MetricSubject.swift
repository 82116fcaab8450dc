public import NNCore

/// The predictions that a metric measures.
public enum MetricSubject: Sendable, Hashable {
  /// Numbers, as in regression.
  case numbers
  /// Quantiles of numbers, several for each target.
  case quantiles
  /// Classes, or binary labels.
  case classes
  /// The scores of classes, of which each example has one.
  case rankedClasses
  /// Independent binary labels.
  case binaryLabels

  /// What a network must be trained to predict.
  public var predictions: PredictionKind {
    switch self {
    case .numbers, .quantiles: .numbers
    case .classes, .rankedClasses, .binaryLabels: .classes
    }
  }
}
