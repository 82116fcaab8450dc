package import NNCore
import NNData
import NNMetrics
import NNReports
import NNTraining

/// A network of the playground in training: takes steps and produces frames for the page.
///
/// The same settings and the same number of steps produce the same frame, bit by bit. Not
/// `Sendable`: it is owned by its session.
package final class PlaygroundNetwork {
  /// The training before the next frame.
  package enum Advance: Sendable, Hashable {
    /// A number of steps.
    case steps(Int)
    /// A number of epochs, to the end of the last one.
    case epochs(Int)
    /// About this many milliseconds.
    case milliseconds(Int)
  }

  /// The loss and score on a set of points.
  struct Figures: Sendable, Hashable {
    /// The mean loss.
    var loss: Double
    /// The accuracy, or the mean absolute error for numbers.
    var score: Double
  }

  /// The maximum training time of a request.
  static let longest = Duration.milliseconds(1000)

  package let experiment: PlaygroundExperiment
  private let now: () -> Duration
  private let trainer: Trainer
  private let stage: PlaygroundStage
  /// The network's outputs on the stage.
  private let probe: LayerProbe
  /// The indices of the hidden layers and the output among those of the probe.
  private let shownLayers: [Int]

  /// The mean training loss of each epoch so far, as a run of the config logs it.
  package private(set) var epochLosses: [Double] = []
  /// The reason why training cannot continue: the loss is no longer finite.
  package private(set) var failure: NNError?
  /// The weights and biases that were set by hand.
  private var edits: Set<WeightIndex> = []

  /// Draws the initial weights.
  ///
  /// - Parameters:
  ///   - experiment: What to train.
  ///   - now: The time since an arbitrary start; set by tests.
  /// - Throws: `NNError` for invalid settings.
  package init(
    _ experiment: PlaygroundExperiment, now: (() -> Duration)? = nil
  ) throws(NNError) {
    let start = ContinuousClock.now
    self.now = now ?? { start.duration(to: .now) }
    self.experiment = experiment
    let config = experiment.config
    trainer = try Trainer(
      model: config.makeModel(), loss: config.makeLoss(), optimizer: config.makeOptimizer(),
      data: experiment.train, batchSize: config.data.batchSize, seed: UInt64(config.seed),
      schedule: config.makeSchedule(),
      settings: TrainingSettings(
        dtype: config.dtype, shuffle: config.data.shuffle, dropLast: config.data.dropLast,
        normalization: config.data.normalize, clipping: config.makeGradientClipping(),
        l1Penalty: config.l1Penalty, logEvery: 0))
    stage = PlaygroundStage(experiment)
    probe = try LayerProbe(trainer, rows: experiment.inputs(stage.cells))
    // Each hidden layer is a dense layer, then its activation and dropout, if any. The output of
    // the activation is shown.
    let activations = experiment.settings.activation == .linear ? 0 : 1
    let stride = 1 + activations + (experiment.settings.dropout > 0 ? 1 : 0)
    let hidden = experiment.settings.hidden.indices.map { "\($0 * stride + activations)" }
    let output = "\(experiment.settings.hidden.count * stride)"
    let paths = probe.layers.map(\.path)
    shownLayers = (hidden + [output]).compactMap { paths.firstIndex(of: $0) }
  }

  /// Steps done.
  package var step: Int { trainer.progress.step }
  /// Epochs done.
  package var epoch: Int { trainer.progress.epoch }

  // MARK: - Training

  /// Continues training; does nothing once the loss is no longer finite.
  package func advance(_ advance: Advance) {
    guard failure == nil else { return }
    let budget =
      if case .milliseconds(let count) = advance { Duration.milliseconds(count) } else {
        Self.longest
      }
    let end = now() + min(budget, Self.longest)
    let (firstStep, firstEpoch) = (step, epoch)
    func isDone() -> Bool {
      switch advance {
      case .steps(let count): step - firstStep >= count
      case .epochs(let count): epoch - firstEpoch >= count
      case .milliseconds: false
      }
    }
    do throws(NNError) {
      repeat { try takeStep() } while !isDone() && now() < end && !Task.isCancelled
    } catch { failure = error }
  }

  /// Takes a step; the last one of an epoch ends it.
  private func takeStep() throws(NNError) {
    _ = try trainer.step()
    guard trainer.progress.stepInEpoch >= trainer.stepsPerEpoch else { return }
    epochLosses.append(try trainer.epoch().trainLoss)
  }

  // MARK: - Setting weights

  /// The index of a weight or bias.
  package struct WeightIndex: Sendable, Hashable {
    /// The layer from 0: the hidden layers, then the output.
    package let layer: Int
    /// The node that it leads to, from 0.
    package let node: Int
    /// The node or feature that it comes from, from 0; nil for the node's bias.
    package let input: Int?

    package init(layer: Int, node: Int, input: Int? = nil) {
      (self.layer, self.node, self.input) = (layer, node, input)
    }
  }

  /// Sets a weight or bias; the optimizer's state stays.
  ///
  /// - Throws: `NNError` for an index out of range, and once training has failed; then nothing
  ///   changes.
  package func set(_ index: WeightIndex, to value: Double) throws(NNError) {
    guard failure == nil else {
      throw .invalid("training has stopped, so no weight can be set", hint: "reset first")
    }
    let settings = experiment.settings
    let widths =
      [settings.features?.count ?? 0] + settings.hidden
      + [settings.outputCount(experiment.points)]
    func check(_ index: Int, _ count: Int, _ name: String) throws(NNError) {
      guard (0..<count).contains(index) else {
        throw .invalid(
          "`\(name)` expects an integer from 0 to \(count - 1), gets \(index)", at: "weight")
      }
    }
    try check(index.layer, widths.count - 1, "layer")
    let inputs = widths[index.layer]
    try check(index.node, widths[index.layer + 1], "node")
    if let input = index.input { try check(input, inputs, "input") }
    // Each dense layer has a weight [outputs, inputs], then a bias [outputs].
    var entries = try trainer.weights()
    let entry = 2 * index.layer + (index.input == nil ? 1 : 0)
    let tensor = entries[entry].tensor
    var numbers = tensor.converted(to: .float32).scalars(as: Float.self)
    numbers[index.input.map { index.node * inputs + $0 } ?? index.node] = Float(value)
    entries[entry].tensor = HostTensor(numbers, shape: tensor.shape)
    try trainer.load(Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.tensor) }))
    edits.insert(index)
  }

  // MARK: - Showing

  /// The current loss and score on a data set.
  private func figures(_ dataset: Dataset) throws(NNError) -> Figures {
    let result = try trainer.evaluate(on: dataset, metrics: experiment.config.makeMetrics())
    return Figures(loss: result.loss, score: result.metrics.first?.value ?? .nan)
  }

  /// A frame: everything if `isComplete`, else only what training changes.
  package func frame(isComplete: Bool, session: String? = nil) throws(NNError) -> [UInt8] {
    var header = JSONLine(isCompact: true)
    if let session { header.add("session", session) }
    header.add("step", step)
    header.add("epoch", epoch)
    if !edits.isEmpty { header.add("edited", edits.count) }
    header.add("train", json(try figures(experiment.train)))
    header.add("test", json(try figures(experiment.test)))
    if let failure {
      header.add("failure", failure.message)
      header.add("hint", failure.hint ?? "")
    }
    var body = FrameBody()
    for entry in try trainer.weights() {
      body.add(floats: entry.tensor.converted(to: .float32).scalars(as: Float.self))
    }
    let outputs = probe.read()
    if let last = shownLayers.last { stage.addOutput(outputs[last], to: &body) }
    var sizes: [Double] = []
    for layer in shownLayers.dropLast() {
      sizes += stage.addNodes(of: outputs[layer], to: &body)
    }
    header.add("sizes", numbers: sizes)
    if isComplete {
      header.add("steps_per_epoch", trainer.stepsPerEpoch)
      header.add("parameters", trainer.parameterCount)
      header.add("settings", experiment.settings.json)
      stage.describe(experiment, in: &header)
      stage.addFeatures(experiment, to: &body)
    }
    return body.framed(header)
  }

  private func json(_ figures: Figures) -> JSONLine {
    var json = JSONLine(isCompact: true)
    json.add("loss", figures.loss)
    json.add("score", figures.score)
    return json
  }
}
