import NNCore
import NNGraph

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
  private let make:
    @Sendable (DType, _ inferenceRows: Int?, _ isReference: Bool) throws(NNError)
      -> any BenchmarkTask

  /// A network: training steps, or forward passes.
  init(_ name: String, _ summary: String, network: @escaping @Sendable () -> Network) {
    self.name = name
    self.summary = summary
    limit = .arithmetic
    isNetwork = true
    make = { dtype, rows, isReference throws(NNError) in
      let options = Plan.Options.timed(isReference: isReference)
      guard let rows else {
        return try BenchmarkRun(network().trainingProgram(dtype), options: options)
      }
      return try BenchmarkRun(network().inferenceProgram(dtype, rows: rows), options: options)
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
    make = { dtype, _, isReference throws(NNError) in
      try BenchmarkRun(kernel(dtype), options: .timed(isReference: isReference))
    }
  }

  /// A language model that writes, whose weights must be read for each token.
  init(
    _ name: String, _ summary: String, writing network: @escaping @Sendable () -> Network,
    after promptLength: Int
  ) {
    self.name = name
    self.summary = summary
    limit = .memory
    isNetwork = false
    make = { dtype, _, isReference throws(NNError) in
      let generation = try GenerationRun(network(), dtype, promptLength: promptLength)
      return isReference ? try WholeSequenceRun(generation) : generation
    }
  }

  /// The computation, in float32 or float64.
  ///
  /// - Parameters:
  ///   - inferenceRows: Rows of a forward pass of a network; nil for the training step.
  ///   - isReference: Whether it is to be computed in the plainest way, to check results against.
  /// - Throws: `NNError` when the network does not fit its batch.
  func task(
    _ dtype: DType, inferenceRows: Int?, isReference: Bool = false
  ) throws(NNError) -> any BenchmarkTask {
    try make(dtype, inferenceRows, isReference)
  }

  /// What the results call it: `mlp`, or `mlp-infer64` for forward passes of 64 rows.
  func label(inferenceRows: Int?) -> String {
    name + (inferenceRows.map { "-infer\($0)" } ?? "")
  }
}

extension Plan.Options {
  fileprivate static func timed(isReference: Bool) -> Plan.Options {
    isReference ? .plain : .default
  }
}
