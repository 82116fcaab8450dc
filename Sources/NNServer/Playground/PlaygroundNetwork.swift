package import NNCore
import NNData
import NNMetrics
import NNTraining

/// A network of the playground in training: takes steps and shows what it has become.
///
/// The same settings and the same number of steps give the same frame, bit by bit. Not `Sendable`:
/// its session owns it.
package final class PlaygroundNetwork {
  /// How long to train before the next frame.
  package enum Advance: Sendable, Hashable {
    /// So many steps.
    case steps(Int)
    /// To the end of so many epochs.
    case epochs(Int)
    /// About so many milliseconds.
    case milliseconds(Int)
  }

  /// How a part of the points fares.
  struct Figures: Sendable, Hashable {
    /// The mean loss.
    var loss: Double
    /// The share of points in the right class, or the mean absolute error of numbers.
    var score: Double
  }

  /// No request trains longer than this, whatever it asks for.
  static let longest = Duration.milliseconds(1000)

  package let experiment: PlaygroundExperiment
  private let trainer: Trainer
  private let stage: PlaygroundStage
  /// What the network gives on the stage.
  private let probe: LayerProbe
  /// The places of the hidden layers and the output among those of the probe.
  private let shownLayers: [Int]

  /// The mean training loss of each epoch so far, as a run of the config logs them.
  package private(set) var epochLosses: [Double] = []
  /// Why it cannot go on: the loss is not finite any more.
  package private(set) var failure: NNError?

  /// Draws the first weights.
  ///
  /// - Throws: `NNError` for settings that do not fit.
  package init(_ experiment: PlaygroundExperiment) throws(NNError) {
    self.experiment = experiment
    let config = experiment.config
    trainer = try Trainer(
      model: config.makeModel(), loss: config.makeLoss(), optimizer: config.makeOptimizer(),
      data: experiment.train, batchSize: config.data.batchSize, seed: UInt64(config.seed),
      schedule: config.makeSchedule(),
      settings: TrainingSettings(
        dtype: config.dtype, shuffle: config.data.shuffle, dropLast: config.data.dropLast,
        normalization: config.data.normalize, clipping: config.makeGradientClipping(),
        logEvery: 0))
    stage = PlaygroundStage(experiment)
    probe = try LayerProbe(trainer, rows: experiment.inputs(stage.cells))
    // Each hidden layer is a dense one with its activation, if any, behind it.
    let stride = experiment.settings.activation == .linear ? 1 : 2
    let hidden = experiment.settings.hidden.indices.map { "\($0 * stride + stride - 1)" }
    let output = "\(experiment.settings.hidden.count * stride)"
    let paths = probe.layers.map(\.path)
    shownLayers = (hidden + [output]).compactMap { paths.firstIndex(of: $0) }
  }

  /// Steps done.
  package var step: Int { trainer.progress.step }
  /// Epochs done.
  package var epoch: Int { trainer.progress.epoch }

  // MARK: - Training

  /// Trains on; does nothing once the loss has left the finite numbers.
  package func advance(_ advance: Advance) {
    guard failure == nil else { return }
    let clock = ContinuousClock()
    let budget =
      if case .milliseconds(let count) = advance { Duration.milliseconds(count) } else {
        Self.longest
      }
    let end = clock.now + min(budget, Self.longest)
    let (firstStep, firstEpoch) = (step, epoch)
    func isDone() -> Bool {
      switch advance {
      case .steps(let count): step - firstStep >= count
      case .epochs(let count): epoch - firstEpoch >= count
      case .milliseconds: false
      }
    }
    do throws(NNError) {
      repeat { try takeStep() } while !isDone() && clock.now < end && !Task.isCancelled
    } catch { failure = error }
  }

  /// Takes a step; the last one of an epoch ends it.
  private func takeStep() throws(NNError) {
    _ = try trainer.step()
    guard trainer.progress.stepInEpoch >= trainer.stepsPerEpoch else { return }
    epochLosses.append(try trainer.epoch().trainLoss)
  }

  // MARK: - Showing

  /// How the points fare now.
  private func figures(_ dataset: Dataset) throws(NNError) -> Figures {
    let (loss, metrics) = try trainer.evaluate(
      on: dataset, metrics: experiment.config.makeMetrics())
    return Figures(loss: loss, score: metrics.first?.value ?? .nan)
  }

  /// What the page draws: everything where it is to be drawn anew, else what training changes.
  package func frame(isComplete: Bool, session: String? = nil) throws(NNError) -> [UInt8] {
    var header = JSONText()
    if let session { header.add("session", session) }
    header.add("step", step)
    header.add("epoch", epoch)
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

  private func json(_ figures: Figures) -> JSONText {
    var json = JSONText()
    json.add("loss", figures.loss)
    json.add("score", figures.score)
    return json
  }
}
