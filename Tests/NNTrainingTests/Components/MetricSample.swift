import NNCore
import NNMetrics
import NNText
import NNTraining

/// A metric with its options, and what it measures.
struct MetricSample: ComponentSample {
  /// What is compared.
  enum Measured: Sendable {
    /// An output and a target, in a network with this loss.
    case tensors(loss: String, SampleContents, SampleContents)
    /// Translations with references, one by one.
    case translations(@Sendable () -> any TextScore)
  }

  let text: String
  let measured: Measured

  init(_ text: String, _ measured: Measured) {
    self.text = text
    self.measured = measured
  }

  private static let classes = Measured.tensors(
    loss: "cross_entropy: {}", .numbers([4]), .label(classes: 4))
  private static let decisions = Measured.tensors(
    loss: "bce_with_logits: {}", .numbers([3]), .decisions([3]))
  private static let numbers = Measured.tensors(loss: "mse: {}", .numbers([2]), .numbers([2]))

  private static let quantiles = Measured.tensors(
    loss: "quantile: {}", .numbers([6]), .numbers([2]))

  /// Every metric of the registry.
  static let all: [MetricSample] = [
    .init("accuracy: {}", classes),
    .init("accuracy: {ignore_index: 2}", classes),
    .init("accuracy: {}", decisions),
    .init("subset_accuracy: {threshold: -0.5}", decisions),
    .init("top_k: {k: 2}", classes),
    .init("confusion_matrix: {}", classes),
    .init("confusion_matrix: {}", decisions),
    .init("perplexity: {ignore_index: 1}", classes),
    .init("bits_per_token: {}", classes),
    .init("bits_per_character: {}", classes),
    .init("nmse: {}", numbers),
    .init("nmse: {variance: 2}", numbers),
    .init("mae: {}", numbers),
    .init("rmse: {}", numbers),
    .init("r2: {}", numbers),
    .init("coverage: {}", quantiles),
    .init("quantile_crossing: {}", quantiles),
    .init("bleu: {}", .translations { BLEU() }),
    .init("chrf: {}", .translations { ChrF() }),
  ]
}

/// A score of translations, summed over sentences.
protocol TextScore {
  var score: Double { get }
  mutating func add(hypothesis: String, references: [String]) throws(NNError)
}

extension BLEU: TextScore {}
extension ChrF: TextScore {}

extension MetricSample {
  /// The metric, as a config with the sample's loss builds it.
  func metric(loss: String) throws -> (any Metric)? {
    try Config(yaml: smallConfig, overrides: ["loss={\(loss)}", "metrics=[{\(text)}]"])
      .makeMetrics().first
  }
}
