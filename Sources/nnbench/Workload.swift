import NNCore

/// Something to time, by name.
struct Workload: Sendable {
  /// The name on the command line.
  let name: String
  /// A line about it.
  let summary: String
  private let make: @Sendable (DType, _ inferenceRows: Int?) throws(NNError) -> BenchmarkProgram

  /// A network: training steps, or forward passes.
  init(_ name: String, _ summary: String, network: @escaping @Sendable () -> Network) {
    self.name = name
    self.summary = summary
    make = { dtype, rows throws(NNError) in
      guard let rows else { return try network().trainingProgram(dtype) }
      return try network().inferenceProgram(dtype, rows: rows)
    }
  }

  /// A computation of another kind, which has no forward pass of its own.
  init(_ name: String, _ summary: String, kernel: @escaping @Sendable (DType) -> BenchmarkProgram) {
    self.name = name
    self.summary = summary
    make = { dtype, rows throws(NNError) in
      guard rows == nil else {
        throw .invalid(
          "\(name) is no network: it has no forward pass", hint: "leave out --infer")
      }
      return kernel(dtype)
    }
  }

  /// The computation, in float32 or float64.
  ///
  /// - Parameter inferenceRows: Rows of a forward pass; nil for the training step.
  /// - Throws: `NNError` when a kernel is asked for a forward pass.
  func program(_ dtype: DType, inferenceRows: Int?) throws(NNError) -> BenchmarkProgram {
    try make(dtype, inferenceRows)
  }

  /// Every workload.
  static let all: [Workload] = [
    .mlp, .lenet, .resnet20, .sine, .gemm, .softmax, .adamW, .elementwise,
  ]

  /// The workload of a name.
  ///
  /// - Throws: `NNError` that lists the names there are.
  static func named(_ name: String) throws(NNError) -> Workload {
    guard let found = all.first(where: { $0.name == name }) else {
      throw .invalid(
        "there is no workload \"\(name)\"",
        hint: "there are \(all.map(\.name).joined(separator: ", "))")
    }
    return found
  }
}
