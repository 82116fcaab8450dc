import NNCore
public import NNGraph

/// Normalises each channel of [N, C] or [N, C, L] over the batch (PyTorch's `BatchNorm1d`).
public struct BatchNorm1D: Layer {
  /// The options.
  public let options: BatchNormOptions

  /// Creates the layer; see `BatchNormOptions` for the options.
  public init(_ options: BatchNormOptions = BatchNormOptions()) { self.options = options }

  /// The name in tables and error messages: `BatchNorm1D`.
  public var description: String { "BatchNorm1D" }

  /// Adds the normalisation and, in training, the update of the running statistics.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard input.shape.rank == 2 || input.shape.rank == 3 else {
      return scope.reject(
        input, expected: "[N, C] or [N, C, L]",
        hint: input.shape.rank == 4 ? "use BatchNorm2D" : nil)
    }
    return options.normalise(input, in: scope)
  }
}

/// Normalises each channel of images [N, C, H, W] over the batch (PyTorch's `BatchNorm2d`).
public struct BatchNorm2D: Layer {
  /// The options.
  public let options: BatchNormOptions

  /// Creates the layer; see `BatchNormOptions` for the options.
  public init(_ options: BatchNormOptions = BatchNormOptions()) { self.options = options }

  /// The name in tables and error messages: `BatchNorm2D`.
  public var description: String { "BatchNorm2D" }

  /// Adds the normalisation and, in training, the update of the running statistics.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard input.shape.rank == 4 else {
      return scope.reject(
        input, expected: "images [N, C, H, W]",
        hint: input.shape.rank < 4 ? "use BatchNorm1D" : nil)
    }
    return options.normalise(input, in: scope)
  }
}

/// The options of batch normalisation, and its computation.
///
/// y = (x − mean)/√(variance + ε)·weight + bias for each channel (axis 1). Training uses the
/// batch's mean and biased variance, and moves the running statistics by running = (1 −
/// momentum)·running + momentum·batch, with the unbiased variance. Evaluation uses the running
/// statistics, or the batch's where none are kept. Defaults are PyTorch's.
///
/// Source: Ioffe, Szegedy, "Batch normalization", ICML 2015.
public struct BatchNormOptions: Sendable, Hashable {
  /// ε, added to the variance.
  public var epsilon: Double
  /// The weight of the new batch in the running statistics; nil for a cumulative average.
  public var momentum: Double?
  /// Whether a weight and a bias for each channel are trained.
  public var affine: Bool
  /// Whether running statistics are kept.
  public var trackRunningStats: Bool

  /// Creates the options.
  public init(
    epsilon: Double = 1e-5, momentum: Double? = 0.1, affine: Bool = true,
    trackRunningStats: Bool = true
  ) {
    self.epsilon = epsilon
    self.momentum = momentum
    self.affine = affine
    self.trackRunningStats = trackRunningStats
  }

  private struct Running {
    let mean: Value
    let variance: Value
    let batches: Value
  }

  func normalise(_ input: Value, in scope: Scope) -> Value {
    let channels = input.shape[1]
    let weight = affine ? scope.parameter("weight", [channels], .ones) : nil
    let bias = affine ? scope.parameter("bias", [channels], .zeros) : nil
    let running =
      trackRunningStats
      ? Running(
        mean: scope.buffer("running_mean", [channels], initial: 0),
        variance: scope.buffer("running_var", [channels], initial: 1),
        batches: scope.buffer("num_batches_tracked", [], initial: 0, dtype: .int64)) : nil
    // One value per channel, shaped to broadcast along axis 1.
    let column = Shape([channels] + [Int](repeating: 1, count: input.shape.rank - 2))
    if let running, scope.mode != .training {
      let inverse = (running.variance + epsilon).sqrt().reciprocal()
      let scale = weight.map { $0 * inverse } ?? inverse
      let moved = running.mean * scale
      let shift = bias.map { $0 - moved } ?? -moved
      return input * scale.reshaped(to: column) + shift.reshaped(to: column)
    }
    let axes = [0] + Array(2..<input.shape.rank)
    let count = axes.reduce(1) { $0 * input.shape[$1] }
    guard count > 1 || scope.mode != .training else {
      return scope.reject(
        input, expected: "more than one value for each channel when training",
        hint: "use a larger batch, or drop the last one if it is short")
    }
    let (mean, variance) = input.moments(axes: axes)
    if let running {
      update(
        running, mean: mean.reshaped(to: [channels]),
        unbiased: variance.reshaped(to: [channels]) * (Double(count) / Double(count - 1)),
        in: scope)
    }
    let inverse = (variance + epsilon).sqrt().reciprocal()
    let scale = weight.map { $0.reshaped(to: column) * inverse } ?? inverse
    let scaled = (input - mean) * scale
    return bias.map { scaled + $0.reshaped(to: column) } ?? scaled
  }

  private func update(_ running: Running, mean: Value, unbiased: Value, in scope: Scope) {
    let batches = running.batches.incremented()
    scope.update(running.batches, with: batches)
    let fraction =
      momentum.map { scope.graph.constant($0, dtype: mean.dtype) }
      ?? batches.converted(to: mean.dtype).reciprocal()
    let kept = 1 - fraction
    scope.update(running.mean, with: running.mean * kept + mean * fraction)
    scope.update(running.variance, with: running.variance * kept + unbiased * fraction)
  }
}
