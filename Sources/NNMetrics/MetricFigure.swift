/// The names of metrics as figures of a training.
package enum MetricFigure {
  /// The name of a metric's figure, which says on which data it was measured: `val_accuracy`, or
  /// `train_accuracy` without validation.
  package static func name(of metric: String, onValidation: Bool) -> String {
    (onValidation ? "val_" : "train_") + metric
  }
}
