/// The names of metrics as figures of a training.
package enum MetricFigure {
  /// The name of a metric's figure with the data that it was measured on: `val_accuracy`, or
  /// `train_accuracy` without validation.
  package static func name(of metric: String, onValidation: Bool) -> String {
    (onValidation ? "val_" : "train_") + metric
  }

  /// A name as words: `subset accuracy`.
  package static func words(_ name: String) -> String {
    String(name.map { $0 == "_" ? " " : $0 })
  }
}

extension Metric {
  /// Name and value of a metric that is one number; nil for a table.
  package var figure: (name: String, value: Double)? {
    isTable ? nil : (name, value)
  }
}
