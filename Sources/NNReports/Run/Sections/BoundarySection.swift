import NNCore
import NNData
import NNDrawing
import NNLayers
import NNTraining

/// The output of a network with two inputs over the plane around its data.
struct BoundarySection: ReportSection {
  static let title = "Output over the input plane"

  /// Grid points along each side.
  private static let side = 120
  private static let largestPointCount = 1000

  private let figure: Figure
  private let caption: String

  init?(_ run: RunEvidence) throws(NNError) {
    guard let predictions = run.predictions, let model = run.model, model.inputShape == [2],
      model.signature.hasOneInput, model.signature.vocabulary == nil
    else {
      return nil
    }
    let inputs = try predictions.dataset.readInputs().doubles
    let points = (0..<min(predictions.dataset.count, Self.largestPointCount)).map {
      (row: Int) -> (x: Double, y: Double) in (x: inputs[2 * row], y: inputs[2 * row + 1])
    }
    let x = Self.range(points.map(\.x))
    let y = Self.range(points.map(\.y))
    let grid = (0..<Self.side * Self.side).flatMap { place -> [Double] in
      let (row, column) = place.quotientAndRemainder(dividingBy: Self.side)
      return [Self.middle(column, of: x), Self.middle(row, of: y)]
    }
    let predictor = try Predictor(model)
    let outputs = try predictor.predict(
      predictions.inputs(grid, shape: [Self.side * Self.side, 2]))
    let names = predictions.dataset.featureNames ?? ["x0", "x1"]
    var marks: [any Mark]
    func map(_ values: [Double], _ colors: ColorMap, _ range: ClosedRange<Double>?) -> HeatMap {
      HeatMap(
        x: x, y: y, columns: Self.side, rows: Self.side, values: values, colors: colors,
        range: range, bar: colors == .sequential || colors == .classes)
    }
    func border(_ values: [Double]) -> Contour {
      Contour(
        x: Self.middle(0, of: x)...Self.middle(Self.side - 1, of: x),
        y: Self.middle(0, of: y)...Self.middle(Self.side - 1, of: y), columns: Self.side,
        rows: Self.side, values: values, levels: [0.5], color: .emphasis)
    }
    switch predictions.kind {
    case .binary(_, let labels, let names):
      let values = try predictor.probabilities(of: outputs).doubles
      marks = [map(values, .classes, 0...1), border(values)]
      marks += Self.points(points, labels, names)
      caption = "The probability of \(names[1]); the line is where it is one half."
    case .classes(_, let labels, let names) where names.count == 2:
      let both = try predictor.probabilities(of: outputs).doubles
      let values = stride(from: 1, to: both.count, by: 2).map { both[$0] }
      marks = [map(values, .classes, 0...1), border(values)]
      marks += Self.points(points, labels, names)
      caption = "The probability of \(names[1]); the line is where it is one half."
    case .classes(_, let labels, let names):
      guard let classes = predictor.classes(of: outputs) else { return nil }
      marks = [map(classes.map { Double($0) }, .palette, nil)]
      marks += Self.points(points, labels, names)
      caption = "The most probable class at each point."
    case .numbers(let targets) where targets.shape[1] == 1:
      marks = [map(outputs.doubles, .sequential, nil)]
      marks.append(
        Points("data", x: points.map(\.x), y: points.map(\.y), color: .emphasis, size: 2))
      caption = "The network's output at each point of the plane; points are data."
    case .numbers, .steps, .other: return nil
    }
    figure = Figure(
      title: "Output over the input plane",
      description: "The network's output over the plane of its two inputs",
      panels: [
        Plot(
          x: Axis(names[0], range: x), y: Axis(names[1], range: y),
          keepsAspect: Self.areAlike(x, y), marks: marks)
      ])
  }

  func write(to page: inout Page) { page.figure(figure, caption: caption) }

  /// The classes' points; colours as in the map below them.
  private static func points(
    _ points: [(x: Double, y: Double)], _ labels: [Int], _ names: [String]
  ) -> [any Mark] {
    names.enumerated().map { index, name in
      let own = zip(points, labels).filter { $0.1 == index }.map(\.0)
      return Points(name, x: own.map(\.x), y: own.map(\.y), color: .series(index), size: 2.5)
    }
  }

  /// Whether both axes can have one scale: age and income, for example, would make a thin strip.
  private static func areAlike(_ x: ClosedRange<Double>, _ y: ClosedRange<Double>) -> Bool {
    let ratio = (x.upperBound - x.lowerBound) / (y.upperBound - y.lowerBound)
    return (1.0 / 3...3).contains(ratio)
  }

  /// From minimum to maximum, with a margin of a tenth.
  private static func range(_ values: [Double]) -> ClosedRange<Double> {
    let (least, greatest) = (values.min() ?? 0, values.max() ?? 1)
    let space = max((greatest - least) / 10, 1e-6)
    return least - space...greatest + space
  }

  private static func middle(_ index: Int, of range: ClosedRange<Double>) -> Double {
    let width = (range.upperBound - range.lowerBound) / Double(side)
    return range.lowerBound + (Double(index) + 0.5) * width
  }
}
