public import NNCore

/// The predictions that a metric measures.
public enum MetricSubject: Sendable, Hashable {
  /// Numbers, as in regression.
  case numbers
  /// Classes, or binary labels.
  case classes
  /// The scores of classes, of which each example has one.
  case rankedClasses
  /// Independent binary labels.
  case binaryLabels

  /// What a network must be trained to predict.
  public var predictions: PredictionKind { self == .numbers ? .numbers : .classes }
}
