import NNAnalysis
import NNCore
import NNData
import NNLayers
import NNLosses
import NNOptimizers
import NNTraining
import Testing

/// A network on a few fixed examples, whose first step is traced.
struct TracedNetwork {
  let event: TrainingEvent.Step
  let trace: StepTrace
  /// The weights before and after the step, as the trainer returns them.
  let before: [String: [Double]]
  let after: [String: [Double]]

  /// Four examples of two inputs.
  static let inputs: [Double] = [0.5, -1, 1.5, 0.25, -0.75, 2, 1, 1]

  /// Trains one step.
  ///
  /// - Parameters:
  ///   - targets: The targets of the four examples: numbers [4, outputs], or labels [4].
  ///   - examples: The number of examples; the first of the four.
  init(
    _ model: Model, loss: any Loss, targets: HostTensor, optimizer: any Optimizer,
    settings: TrainingSettings = TrainingSettings(dtype: .float64, shuffle: false),
    examples: Int = 4, steps: Int = 1
  ) throws {
    let data = try Dataset(
      name: "four", source: Ports(HostTensor(Self.inputs, shape: [4, 2]).rows(0..<examples)),
      targets: targets.rows(0..<examples),
      ignoredLabel: targets.dtype.isFloatingPoint ? nil : Dataset.ignoredLabel)
    let trainer = try Trainer(
      model: model, loss: loss, optimizer: optimizer, data: data, batchSize: examples, seed: 3,
      settings: settings)
    for _ in 1..<steps { try trainer.epoch() }
    before = try Self.numbers(trainer)
    (event, trace) = try #require(try trainer.tracedStep())
    after = try Self.numbers(trainer)
  }

  private static func numbers(_ trainer: Trainer) throws -> [String: [Double]] {
    Dictionary(uniqueKeysWithValues: try trainer.weights().map { ($0.name, $0.tensor.doubles) })
  }

  /// Targets 0 and 1 for one output.
  static let binaryTargets = HostTensor([0.0, 1, 1, 0], shape: [4, 1])
}
