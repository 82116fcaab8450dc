import NNCore
import NNLosses
import NNTestSupport
import NNTraining

/// A loss with its options and what it reads.
struct LossSample: ComponentSample {
  let text: String
  /// The contents of each tensor, in the order of the loss's roles.
  let tensors: [SampleContents]

  init(_ text: String, _ tensors: SampleContents...) {
    self.text = text
    self.tensors = tensors
  }

  /// Every loss of the registry.
  static let all: [LossSample] = [
    .init("cross_entropy: {}", .numbers([5]), .label(classes: 5)),
    .init("cross_entropy: {}", .numbers([5]), .distribution(classes: 5)),
    .init(
      "cross_entropy: {label_smoothing: 0.1, weight: [1, 2, 0.5, 3, 1], ignore_index: 2}",
      .numbers([5]), .label(classes: 5)),
    .init(
      "nll: {weight: [1, 2, 0.5], ignore_index: 1}", .logProbabilities(classes: 3),
      .label(classes: 3)),
    .init("focal: {}", .numbers([5]), .label(classes: 5)),
    .init(
      "focal: {gamma: 0.5, weight: [1, 2, 0.5], ignore_index: 1}", .numbers([3]),
      .label(classes: 3)),
    .init("focal: {gamma: 0}", .numbers([4]), .label(classes: 4)),
    .init("sigmoid_focal: {}", .numbers([3]), .probabilities([3])),
    .init("sigmoid_focal: {alpha: null, gamma: 1.5}", .numbers([2, 3]), .probabilities([2, 3])),
    .init("mse: {}", .numbers([3]), .numbers([3])),
    .init("squared_error: {}", .numbers([2, 3]), .numbers([2, 3])),
    .init("l1: {}", .numbers([3]), .numbers([3])),
    .init("smooth_l1: {beta: 0.5}", .numbers([3]), .numbers([3])),
    .init("huber: {delta: 0.7}", .numbers([3]), .numbers([3])),
    .init("quantile: {}", .numbers([6]), .numbers([2])),
    .init("quantile: {quantiles: [0.2, 0.7]}", .numbers([3, 4]), .numbers([3, 2])),
    .init("quantile: {quantiles: 0.3}", .numbers([3]), .numbers([3])),
    .init("kl_div: {}", .logProbabilities(classes: 4), .distribution(classes: 4)),
    .init(
      "kl_div: {log_target: true}", .logProbabilities(classes: 4), .logProbabilities(classes: 4)),
    .init("bce: {weight: [1, 2, 0.5]}", .probabilities([3]), .probabilities([3])),
    .init(
      "bce_with_logits: {pos_weight: [1, 2, 0.5], weight: [2, 1, 1]}", .numbers([3]),
      .probabilities([3])),
    .init(
      "triplet_margin: {margin: 1.5, swap: true}", .numbers([4]), .numbers([4]), .numbers([4])),
    .init("triplet_margin: {p: 1}", .numbers([4]), .numbers([4]), .numbers([4])),
    .init("gaussian_kl: {}", .numbers([3]), .numbers([3])),
  ]
}

extension LossSample {
  /// The loss with a reduction of the registry.
  func loss(_ reduction: Reduction = .mean) throws -> any Loss {
    try Config(
      yaml: smallConfig,
      overrides: ["loss={\(text)}", "loss.\(kind).reduction=\(reduction.rawValue)"]
    ).makeLoss()
  }

  /// What the loss reads, for a batch of `rows` examples.
  func batch(rows: Int, dtype: DType = .float64) -> [HostTensor] {
    tensors.enumerated().map { index, contents in
      contents.tensor(rows: rows, dtype: dtype, seed: 20 + UInt64(index))
    }
  }
}
