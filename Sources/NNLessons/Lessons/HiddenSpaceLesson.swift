import NNCore
import NNData
import NNDrawing
import NNLayers
import NNTraining

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a hidden layer of two or three nodes maps the points of two rings.
struct HiddenSpaceLesson: Lesson {
  static let name = "hidden-space"
  static let title = "Hidden representations: the space of the hidden layer"
  static let summary =
    "A hidden layer maps the points to the corners of a square or cube, where a plane separates "
    + "them"

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    let data = try Rings.data(seed: options.seed)
    report.paragraph(
      "A hidden layer maps each point (x, y) to a new one, its activations (a₁, …, aₙ). The output "
        + "layer is a logistic regression on these: it can only separate them by a straight line, "
        + "or a plane. So training has to find a hidden layer after which one plane is enough.")
    report.formula("(x, y) → (a₁, a₂, …, aₙ) ≈ (1, 0, …, 1)   \"corners of a hypercube\"")
    let square = try HiddenMap(width: 2, data, seed: options.seed)
    let cube = try HiddenMap(width: 3, data, seed: options.seed)
    for map in [square, cube] {
      let name = "2 → \(map.width)"
      report.measure("\(name): accuracy of the network", map.accuracy)
      report.measure("\(name): accuracy of the plane in hidden space", map.planeAccuracy)
      report.measure("\(name): corners used", Double(map.regions.counts.count))
      report.measure("\(name): activations within 0.1 of 0 or 1", map.nearCorners(sharpness: 1))
      report.measure("\(name): the same, weights times 10", map.nearCorners(sharpness: 10))
    }
    let squarePanel = try square.plot(data)
    report.paragraph(
      "Two nodes map the plane to a square. A line in this square classifies "
        + "\(square.planeAccuracy.percent) of the points correctly: two lines do not enclose a "
        + "ring, so points of both classes are mapped to the same corner.")
    report.show(
      Figure(
        title: "2 → 2: from the plane to a square",
        description:
          "Left: the rings and the network's boundary. Right: the same points in the square of the "
          + "two activations, and the straight line of the output layer.",
        columns: 2,
        panels: [
          Rings.grid.plot(
            title: "before: (x, y)", probabilities: try Rings.grid.probabilities(square.trainer),
            data: data, xLabel: "x", yLabel: "y", symbolSize: 2),
          squarePanel,
        ]),
      name: "square", caption: "The same points before and after a hidden layer of 2 nodes.")
    report.paragraph(
      "Three nodes map it to a cube, and there a plane classifies "
        + "\(cube.planeAccuracy.percent) correctly. It lies between the points of the inner ring "
        + "and the others."
    )
    report.show(
      Figure(
        title: "2 → 3: from the plane to a cube",
        description:
          "Left: the rings and the network's boundary. Right: the same points in the cube of the "
          + "three activations, seen along the plane that separates the classes.",
        columns: 2,
        panels: [
          Rings.grid.plot(
            title: "before: (x, y)", probabilities: try Rings.grid.probabilities(cube.trainer),
            data: data, xLabel: "x", yLabel: "y", symbolSize: 2),
          cube.plot3D(data),
        ]),
      name: "cube",
      caption:
        "The same points before and after a hidden layer of 3 nodes, seen along the "
        + "output's plane.")
    Regions.table(cube.regions, into: &report)
    let soft = cube.nearCorners(sharpness: 1)
    let sharp = cube.nearCorners(sharpness: 10)
    report.paragraph(
      "\(soft.percent) of the activations are within 0.1 of 0 or 1. With weights ten times as "
        + "large it would be \(sharp.percent): the sigmoids become switches, and the points are in "
        + "the corners. \(cube.regions.counts.count) of the 8 corners are used. "
        + "[[decision-boundary]] draws the lines of such nodes in the plane.")
  }
}

/// A trained hidden layer and where it maps the points.
private struct HiddenMap {
  let width: Int
  let trainer: Trainer
  /// The activations of each point.
  let points: [[Double]]
  /// The pre-activations.
  private let sums: [Double]
  /// The output layer: v · a + c.
  private let normal: [Double]
  private let offset: Double
  let regions: Regions
  let accuracy: Double
  /// The share of points on the correct side of v · a + c = 0.
  let planeAccuracy: Double

  init(width: Int, _ data: Dataset, seed: UInt64) throws(NNError) {
    let training = Rings.training(data)
    let trainer = try training.best(of: Rings.starts, Rings.model(width), seed: seed)
    let outputs = try LayerProbe(trainer, rows: data.inputs).read().map(\.doubles)
    let weights = try trainer.weights().map(\.tensor.doubles)
    let activations = outputs[1]
    let points = (0..<data.count).map { Array(activations[$0 * width..<($0 + 1) * width]) }
    let labels = data.targets.doubles.map { $0 >= 0.5 ? 1 : 0 }
    self.width = width
    self.trainer = trainer
    self.points = points
    sums = outputs[0]
    normal = weights[2]
    offset = weights[3][0]
    regions = Regions(codes: Regions.codes(activations, width: width), labels: labels)
    accuracy = try training.accuracy(of: trainer)
    let (normal, offset) = (weights[2], weights[3][0])
    let right = zip(points, labels).count { point, label in
      (zip(point, normal).reduce(offset) { $0 + $1.0 * $1.1 } > 0) == (label == 1)
    }
    planeAccuracy = Double(right) / Double(data.count)
  }

  /// The share of activations that are within 0.1 of 0 or 1 when the weights are multiplied.
  func nearCorners(sharpness: Double) -> Double {
    let activations = sigmoid(sums.map { $0 * sharpness })
    return Double(activations.count { $0 <= 0.1 || $0 >= 0.9 }) / Double(activations.count)
  }

  /// The points in the square of two activations.
  func plot(_ data: Dataset) throws(NNError) -> Plot {
    let grid = PlaneGrid(x: -0.05...1.05, y: -0.05...1.05)
    let moved = try Dataset(
      name: data.name, inputs: HostTensor(points.flatMap { $0 }, shape: [points.count, 2]),
      targets: data.targets)
    let scores = grid.points.map { normal[0] * $0.x + normal[1] * $0.y + offset }
    return grid.plot(
      title: "after: (a₁, a₂)", probabilities: sigmoid(scores), data: moved, xLabel: "a₁",
      yLabel: "a₂", symbolSize: 2)
  }

  /// The points in the cube of three activations.
  func plot3D(_ data: Dataset) -> Scatter3D {
    let labels = data.targets.doubles
    return Scatter3D(
      title: "after: (a₁, a₂, a₃)", x: Axis("a₁", range: 0...1), y: Axis("a₂", range: 0...1),
      z: Axis("a₃", range: 0...1),
      groups: (0..<2).map { label in
        (
          name: "class \(label)",
          points: zip(points, labels).filter { ($0.1 >= 0.5) == (label == 1) }
            .map { ($0.0[0], $0.0[1], $0.0[2]) }
        )
      },
      edges: planeEdges, azimuth: azimuth, elevation: Self.elevation)
  }

  private static let elevation = 25.0

  /// The azimuth at which the plane is seen edge-on; the default one where there is none.
  private var azimuth: Double {
    // The line of sight is (−sin α cos β, cos α cos β, −sin β), orthogonal to the plane's normal.
    let level = normal[2] * tan(Self.elevation * .pi / 180) / hypot(normal[0], normal[1])
    guard abs(level) <= 1 else { return 30 }
    let turn = atan2(normal[0], normal[1])
    let angles = [acos(level) - turn, -acos(level) - turn].map { remainder($0, 2 * .pi) }
    return (angles.min { abs($0) < abs($1) } ?? 0) * 180 / .pi
  }

  /// The sides of the polygon in which the output's plane intersects the cube.
  private var planeEdges: [(from: (Double, Double, Double), to: (Double, Double, Double))] {
    var corners: [[Double]] = []
    for axis in 0..<3 {
      let others = (0..<3).filter { $0 != axis }
      for first in [0.0, 1] {
        for second in [0.0, 1] {
          // Along this edge v · a + c is linear.
          let rest = offset + normal[others[0]] * first + normal[others[1]] * second
          let crossing = -rest / normal[axis]
          guard (0...1).contains(crossing) else { continue }
          var corner = [0.0, 0, 0]
          corner[axis] = crossing
          corner[others[0]] = first
          corner[others[1]] = second
          corners.append(corner)
        }
      }
    }
    // Neighbours of the polygon lie on a common face of the cube.
    func shareFace(_ a: [Double], _ b: [Double]) -> Bool {
      zip(a, b).contains { (x: Double, y: Double) -> Bool in x == y && (x == 0 || x == 1) }
    }
    return corners.indices.flatMap { left in
      corners.indices.filter { $0 > left && shareFace(corners[left], corners[$0]) }.map { right in
        let (a, b) = (corners[left], corners[right])
        return (from: (a[0], a[1], a[2]), to: (b[0], b[1], b[2]))
      }
    }
  }
}
