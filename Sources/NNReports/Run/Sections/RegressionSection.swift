import NNCore
import NNData
import NNDrawing
import NNLayers
import NNMetrics
import NNTraining

/// Predicted numbers against their targets, and the residuals.
struct RegressionSection: ReportSection {
  static let title = "Predictions"

  /// The maximum number of outputs with plots of their own.
  private static let largestOutputCount = 4
  /// The maximum number of points in a scatter plot.
  private static let largestPointCount = 2000
  /// The number of points of a function's curve.
  private static let curvePointCount = 300

  private struct Output {
    let name: String
    let targets: [Double]
    let predicted: [Double]
    let figures: [Double]

    init(
      _ name: String, targets: [Double], predicted: [Double]
    ) throws(NNError) {
      self.name = name
      self.targets = targets
      self.predicted = predicted
      var metrics: [any Metric] = [RootMeanSquaredError(), MeanAbsoluteError(), R2()]
      for index in metrics.indices {
        try metrics[index].update(output: HostTensor(predicted), target: HostTensor(targets))
      }
      figures = metrics.map(\.value)
    }
  }

  private let outputs: [Output]
  private let outputCount: Int
  private let source: String
  private let curve: Figure?

  init?(_ run: RunEvidence) throws(NNError) {
    guard let predictions = run.predictions, case .numbers(let targets) = predictions.kind else {
      return nil
    }
    let width = targets.shape[1]
    let (expected, given) = (targets.doubles, predictions.outputs.doubles)
    outputCount = width
    let known = predictions.dataset.targetNames ?? []
    let names = known.count == width ? known : (0..<width).map { "output \($0)" }
    var outputs: [Output] = []
    for column in 0..<min(width, Self.largestOutputCount) {
      let places = stride(from: column, to: expected.count, by: width)
      outputs.append(
        try Output(
          width == 1 ? "" : names[column], targets: places.map { expected[$0] },
          predicted: places.map { given[$0] }))
    }
    self.outputs = outputs
    source = predictions.described
    let isFunction = predictions.dataset.inputShape == [1] && width == 1
    if isFunction, let model = run.model, model.signature.hasOneInput {
      curve = try Self.curve(
        model, predictions, x: predictions.dataset.readInputs().doubles, targets: outputs[0].targets
      )
    } else {
      curve = nil
    }
  }

  func write(to page: inout Page) {
    page.paragraph("Over \(source).")
    if outputs.count < outputCount {
      page.paragraph("The first \(outputs.count) of \(outputCount) outputs are drawn.")
    }
    if let curve {
      page.figure(
        curve, caption: "The data as points and the network's output as a line.")
    }
    ReportStyle.pairs(&page) { page in
      for output in outputs {
        page.figure(
          Self.scatter(output), caption: "On the dotted line predictions equal their targets.")
        page.figure(
          Self.residuals(output), caption: "Residual: prediction minus target.")
      }
    }
    page.table(
      header: ["output", "RMSE", "mean absolute error", "R²"],
      rows: outputs.map { output in
        [output.name.isEmpty ? "all" : output.name]
          + output.figures.map { NumberText.short($0, digits: 4) }
      })
  }

  private static func scatter(_ output: Output) -> Figure {
    let both = output.targets + output.predicted
    let (least, greatest) = (both.min() ?? 0, both.max() ?? 1)
    let step = max(1, output.targets.count / largestPointCount)
    let places = stride(from: 0, to: output.targets.count, by: step)
    return ReportStyle.figure(
      title("Predictions by targets", output),
      description:
        "Each example's prediction by its target; the dotted line is where they are equal",
      Plot(
        x: Axis("target"), y: Axis("prediction"),
        marks: [
          Line(
            x: [least, greatest], y: [least, greatest], color: .muted, width: 1, dash: .dotted),
          Points(
            x: places.map { output.targets[$0] }, y: places.map { output.predicted[$0] },
            color: .series(0), size: 2),
        ]))
  }

  private static func residuals(_ output: Output) -> Figure {
    ReportStyle.figure(
      title("Residuals", output),
      description: "Histogram of the differences between prediction and target",
      Plot(
        x: Axis("prediction − target"), y: Axis("examples"),
        marks: [
          Histogram(values: zip(output.predicted, output.targets).map { $0 - $1 }),
          Rule(vertical: 0, color: .muted, dash: .dotted),
        ]))
  }

  private static func title(_ text: String, _ output: Output) -> String {
    output.name.isEmpty ? text : "\(text), \(output.name)"
  }

  private static func curve(
    _ model: TrainedModel, _ predictions: RunPredictions, x: [Double], targets: [Double]
  ) throws(NNError) -> Figure {
    let (least, greatest) = (x.min() ?? 0, x.max() ?? 1)
    let places = (0..<curvePointCount).map {
      least + (greatest - least) * Double($0) / Double(curvePointCount - 1)
    }
    let values = try Predictor(model).predict(
      predictions.inputs(places, shape: [curvePointCount, 1]))
    return Figure(
      title: "The learned function",
      description: "The function that the network has learned, over its data",
      panels: [
        Plot(
          x: Axis("input"), y: Axis("output"),
          marks: [
            Points("data", x: x, y: targets, color: .muted, size: 2),
            Line("network", x: places, y: values.doubles, color: .series(0)),
          ])
      ])
  }
}
