public import NNCore
import NNDrawing
public import NNTraining

/// Writes the events of a run into event files for TensorBoard.
///
/// Tags are the tables' names and columns: `steps/loss`, `steps/lr`, `steps/grad_norm` at the steps
/// that `steps.csv` has, and `metrics/train_loss` and so on at the last step of each epoch; also
/// `weights/NAME` as histograms, the first layer's filters as an image and the config as text.
/// A resumed run begins a new file, which replaces the later steps of older files.
public final class TensorBoardLog: TrainingObserver {
  private static let largestMosaic = 64
  /// Pixels of the image's longer side: it is written after every epoch.
  private static let largestSide = 600

  private let config: Config
  private let inputShape: Shape
  private let file: EventFile
  private var lastStep = 0

  /// Creates an event file in a run's folder.
  ///
  /// - Parameters:
  ///   - folder: The run's folder, which exists.
  ///   - config: The run's config.
  ///   - inputShape: The shape of one input example.
  /// - Throws: `NNError` when the file cannot be written.
  public init(folder: RunFolder, config: Config, inputShape: Shape) throws(NNError) {
    self.config = config
    self.inputShape = inputShape
    file = try EventFile(in: folder)
  }

  /// True: the weights are written as histograms.
  public var wantsWeights: Bool { true }

  /// Writes an event.
  ///
  /// - Throws: `NNError` when the file cannot be written.
  public func receive(_ event: TrainingEvent) throws(NNError) {
    switch event {
    case .started(let start):
      lastStep = start.stepsDone
      if file.isContinuation {
        try file.append(
          EventMessage.restart(wallTime: EventFile.wallTime, step: start.stepsDone + 1))
        return
      }
      try write([SummaryValue(tag: "config", content: .text(Self.markdown(config.resolvedYAML)))])
    case .step(let step):
      lastStep = step.step
      guard step.step % config.log.every == 0 else { return }
      try writeScalars([
        ("steps/loss", step.loss.isNaN ? nil : step.loss), ("steps/lr", step.learningRate),
        ("steps/grad_norm", step.gradientNorm),
      ])
    case .epoch(let epoch):
      try writeScalars(
        [("metrics/train_loss", epoch.trainLoss), ("metrics/val_loss", epoch.validationLoss)]
          + epoch.metrics.map { ("metrics/\($0.name)", $0.value) }
          + [
            ("metrics/lr", epoch.learningRate), ("metrics/seconds", epoch.seconds),
            ("metrics/samples_per_s", epoch.rowsPerSecond),
          ])
    case .weights(let weights):
      try write(weights)
    case .trace, .checkpoint, .warning, .finished:
      break
    }
  }

  private func write(_ weights: TrainingEvent.Weights) throws(NNError) {
    var values = weights.tensors.map { name, tensor in
      SummaryValue(tag: "weights/\(name)", content: .histogram(BucketCounts(tensor.doubles)))
    }
    if let filters = FirstLayerFilters(weights: weights.tensors, inputShape: inputShape) {
      let image = filters.mosaic(
        limit: Self.largestMosaic, scale: max(1, 32 / max(filters.width, filters.height))
      ).reduced(to: Self.largestSide)
      values.append(
        SummaryValue(
          tag: "filters/\(filters.parameter)",
          content: .image(
            png: PNGEncoder.encode(image), width: image.width, height: image.height,
            channels: 3)))
    }
    try write(values)
  }

  private func writeScalars(_ scalars: [(tag: String, value: Double?)]) throws(NNError) {
    try write(
      scalars.compactMap { tag, value in
        value.map { SummaryValue(tag: tag, content: .scalar($0)) }
      })
  }

  private func write(_ values: [SummaryValue]) throws(NNError) {
    try file.append(EventMessage.summary(wallTime: EventFile.wallTime, step: lastStep, values))
  }

  /// A preformatted text as a code block of Markdown.
  private static func markdown(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { "    " + $0 }
      .joined(separator: "\n")
  }
}
