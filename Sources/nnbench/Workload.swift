import NNCore

/// Something to time, by name.
struct Workload: Sendable {
  /// What a machine can do at best that speed is held against.
  enum Limit: Sendable {
    /// Multiplications and additions of large matrix products.
    case arithmetic
    /// Bytes between memory and processor.
    case memory
  }

  /// The name on the command line.
  let name: String
  /// A line about it.
  let summary: String
  /// What bounds its speed.
  let limit: Limit
  /// Whether it has a forward pass of its own.
  let isNetwork: Bool
  private let make: @Sendable (DType, _ inferenceRows: Int?) throws(NNError) -> BenchmarkProgram

  /// A network: training steps, or forward passes.
  init(_ name: String, _ summary: String, network: @escaping @Sendable () -> Network) {
    self.name = name
    self.summary = summary
    limit = .arithmetic
    isNetwork = true
    make = { dtype, rows throws(NNError) in
      guard let rows else { return try network().trainingProgram(dtype) }
      return try network().inferenceProgram(dtype, rows: rows)
    }
  }

  /// A computation of another kind, which has no forward pass of its own.
  init(
    _ name: String, _ summary: String, limit: Limit,
    kernel: @escaping @Sendable (DType) throws(NNError) -> BenchmarkProgram
  ) {
    self.name = name
    self.summary = summary
    self.limit = limit
    isNetwork = false
    make = { dtype, _ throws(NNError) in try kernel(dtype) }
  }

  /// The computation, in float32 or float64.
  ///
  /// - Parameter inferenceRows: Rows of a forward pass of a network; nil for the training step.
  /// - Throws: `NNError` when the network does not fit its batch.
  func program(_ dtype: DType, inferenceRows: Int?) throws(NNError) -> BenchmarkProgram {
    try make(dtype, inferenceRows)
  }

  /// What the results call it: `mlp`, or `mlp-infer64` for forward passes of 64 rows.
  func label(inferenceRows: Int?) -> String {
    name + (inferenceRows.map { "-infer\($0)" } ?? "")
  }
}
