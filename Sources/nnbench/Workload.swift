import NNCore
import NNGraph

/// A named workload to time.
struct Workload: Sendable {
  /// The peak of the machine with which speed is compared.
  enum Limit: Sendable {
    /// Compute-bound: multiplications and additions of large GEMMs.
    case arithmetic
    /// Memory-bound: bytes between memory and processor.
    case memory
  }

  /// The name on the command line.
  let name: String
  /// A one-line description.
  let summary: String
  /// The bound of its speed.
  let limit: Limit
  /// Whether it is a network, with forward passes and training steps.
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

  /// A computation of another kind, without forward passes.
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

  /// Text generation with a language model, whose weights must be read for each token.
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
  ///   - inferenceRows: The batch size of a network's forward pass; nil for the training step.
  ///   - isReference: Whether to compute it without optimization, as a reference for results.
  /// - Throws: `NNError` when the network is incompatible with its batch.
  func task(
    _ dtype: DType, inferenceRows: Int?, isReference: Bool = false
  ) throws(NNError) -> any BenchmarkTask {
    try make(dtype, inferenceRows, isReference)
  }

  /// The name in results: `mlp`, or `mlp-infer64` for forward passes with batch size 64.
  func label(inferenceRows: Int?) -> String {
    name + (inferenceRows.map { "-infer\($0)" } ?? "")
  }
}

extension Plan.Options {
  fileprivate static func timed(isReference: Bool) -> Plan.Options {
    isReference ? .plain : .default
  }
}
