/// What a network is trained to predict.
public enum PredictionKind: String, Sendable, Hashable {
  /// Classes: one of several for each example, or binary labels.
  case classes
  /// Numbers, as in regression.
  case numbers
}
