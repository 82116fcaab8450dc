import NNCore

/// Sums of squares over examples [N, …]: residuals, and deviations of the targets from the mean of
/// their column.
struct SquaredErrors: Sendable {
  /// The number of examples so far.
  private(set) var count = 0
  /// Σ(t − o)² over all elements.
  private(set) var residual = 0.0
  /// Σ(t − t̄)² over all elements, with a mean t̄ for each column.
  private(set) var spread = 0.0
  private var means: [Double] = []

  /// The number of elements so far.
  var elementCount: Int { count * means.count }

  /// Adds a batch; targets have the output's shape.
  mutating func add(
    _ output: HostTensor, _ target: HostTensor, for metric: some Metric
  ) throws(NNError) {
    try metric.checkSameShape(output, target)
    let columns = target.shape.dimensions.dropFirst().reduce(1, *)
    if means.isEmpty { means = [Double](repeating: 0, count: columns) }
    guard means.count == columns else {
      throw .invalid(
        "metric \(metric.name): \(columns) columns after \(means.count) in earlier batches")
    }
    let (outputs, targets) = (output.doubles, target.doubles)
    for start in stride(from: 0, to: targets.count, by: max(1, columns)) {
      count += 1
      for column in 0..<columns {
        let target = targets[start + column]
        let error = target - outputs[start + column]
        residual += error * error
        // Welford's running variance: no cancellation where the mean is large.
        let before = target - means[column]
        means[column] += before / Double(count)
        spread += before * (target - means[column])
      }
    }
  }
}
