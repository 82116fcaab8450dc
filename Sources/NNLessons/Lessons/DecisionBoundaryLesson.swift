import NNCore
import NNData
import NNDrawing
import NNLayers
import NNLosses
import NNOptimizers
import NNTraining

/// Logistic regression, then 1, 2, 3, 5 and 10 hidden nodes on a ring around another.
struct DecisionBoundaryLesson: Lesson {
  static let name = "decision-boundary"
  static let title = "Decision boundaries: hidden nodes draw lines"
  static let summary =
    "No straight line separates two rings; 1, 2, 3, 5, 10 hidden nodes, or polar coordinates, do it"
  static let drawsRunsWith: String? =
    "two inputs and one or two outputs that classify two classes"

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    // A run that cannot be drawn is rejected before anything is trained.
    let boundary = try options.runFolder.map { (folder) throws(NNError) in
      try RunBoundary(folder)
    }
    let data = try Rings.data(seed: options.seed)
    report.paragraph(
      "\(data.count) points lie on two rings, class 0 outside and class 1 inside. The task is to "
        + "predict a point's class from its coordinates (x, y). Logistic regression models the "
        + "probability of class 1 as σ(ax + by + c), with a, b and c that minimize the "
        + "cross-entropy. It is one half where ax + by + c = 0: on a straight line.")
    let training = Rings.training(data)
    let networks = try Rings.widths.map { width throws(NNError) in
      let trainer = try training.best(of: Rings.starts, Rings.model(width), seed: options.seed)
      return (width: width, trainer: trainer, accuracy: try training.accuracy(of: trainer))
    }
    try showBoundaries(networks, data, into: &report)
    try showRegions(networks.filter { (2...5).contains($0.width) }, data, into: &report)
    try usePolarCoordinates(data, options, into: &report)
    try animate(training, options, into: &report)
    if let boundary { draw(boundary, into: &report) }
  }

  private func showBoundaries(
    _ networks: [(width: Int, trainer: Trainer, accuracy: Double)], _ data: Dataset,
    into report: inout LessonReport
  ) throws(NNError) {
    let grid = Rings.grid
    let panels = try networks.map { width, trainer, accuracy throws(NNError) in
      let share = report.measure(
        width == 0 ? "accuracy, logistic regression" : "accuracy, N = \(width)",
        accuracy)
      return grid.plot(
        title: (width == 0 ? "logistic regression" : "N = \(width)") + ": \(share.percent)",
        probabilities: try grid.probabilities(trainer), data: data, symbolSize: 2)
    }
    report.show(
      Figure(
        title: "Logistic regression and 1, 2, 3, 5, 10 hidden nodes",
        description:
          "Six plots of two rings with the probability of class 1 as colour. One line cuts the "
          + "rings in two; with three hidden nodes and more, the boundary closes around the inner "
          + "ring.",
        columns: 3, panels: panels),
      name: "hidden",
      caption: "Colour is the probability of class 1, the line is where it is one half.")
    let shares = networks.map { $0.accuracy.percent }
    report.paragraph(
      "A straight line classifies \(shares[0]) of the points correctly: no better than guessing. A "
        + "hidden layer of N sigmoids draws N such lines, and the output weighs them: "
        + zip(networks, shares).dropFirst().map { "N = \($0.width): \($1)" }
        .joined(separator: ", ") + ".")
  }

  private func showRegions(
    _ networks: [(width: Int, trainer: Trainer, accuracy: Double)], _ data: Dataset,
    into report: inout LessonReport
  ) throws(NNError) {
    report.paragraph(
      "Consider a hidden node as a switch: on where w₁x + w₂y + b ≥ 0. Then N nodes assign each "
        + "point one of 2ᴺ codes such as (1, 0, 1), and N lines cut the plane into regions, each "
        + "with its own code. A region is pure when only one class lies in it.")
    let grid = Rings.grid
    var panels: [Plot] = []
    var rows: [[String]] = []
    var three: Regions?
    for (width, trainer, _) in networks {
      let activations = try LayerProbe(trainer, rows: grid.inputs).read()[1].doubles
      let codes = Regions.codes(activations, width: width)
      let known = Array(Set(codes)).sorted()
      let regions = Regions(
        codes: Regions.codes(
          try LayerProbe(trainer, rows: data.inputs).read()[1].doubles, width: width),
        labels: data.targets.doubles.map { $0 >= 0.5 ? 1 : 0 })
      let count = report.measure("regions seen, N = \(width)", Double(known.count))
      let most = report.measure(
        "regions that lines can cut, N = \(width)", Double(1 + width + width * (width - 1) / 2))
      let pure = report.measure("purity of the regions, N = \(width)", regions.purity)
      rows.append(["\(width)", "\(1 << width)", most.text, count.text, pure.percent])
      let indices = Dictionary(uniqueKeysWithValues: known.enumerated().map { ($1, $0) })
      let shades = codes.map { code in Double(indices[code] ?? 0) / Double(max(1, known.count - 1))
      }
      panels.append(
        Plot(
          title: "N = \(width): \(count.text) regions", x: Axis(range: grid.x),
          y: Axis(range: grid.y), keepsAspect: true, legend: .hidden,
          marks: [
            HeatMap(
              x: grid.x, y: grid.y, columns: grid.columns, rows: grid.rows, values: shades,
              colors: .sequential, range: -0.6...1.2, bar: false)
          ] + PlaneGrid.points(data, size: 2)))
      if width == 3 { three = regions }
    }
    report.show(
      Figure(
        title: "The regions of 2, 3 and 5 hidden switches",
        description: "The plane, cut into regions by one line per hidden node.",
        columns: 3, panels: panels),
      name: "regions", caption: "Points of one colour have the same code.")
    if let three { Regions.table(three, into: &report) }
    report.table(
      header: ["N", "codes, 2ᴺ", "regions that N lines can cut", "regions seen", "purity"],
      rows: rows, caption: "Hidden nodes as switches")
    report.paragraph(
      "In the plane N lines form at most 1 + N + N(N − 1)/2 regions; with more inputs the number "
        + "approaches 2ᴺ. Purity is the share of points that belong to the majority of their "
        + "region. The network itself is better where it has few nodes, since its sigmoids are not "
        + "switches: it also uses the distance of a point from a line. One adds nodes until the "
        + "regions are pure, and stops before each point has a region of its own.")
  }

  private func usePolarCoordinates(
    _ data: Dataset, _ options: LessonOptions, into report: inout LessonReport
  ) throws(NNError) {
    let polar = try Dataset(
      name: "rings in polar coordinates", inputs: Rings.polar(data.inputs), targets: data.targets)
    let training = LessonTraining(
      data: polar, loss: BinaryCrossEntropyWithLogits(), optimizer: Adam(learningRate: 0.1),
      epochs: 600)
    let trainer = try training.train(Rings.model(0), seed: options.seed)
    let accuracy = report.measure(
      "accuracy, logistic regression on r² and θ", try training.accuracy(of: trainer))
    let flat = PlaneGrid(x: 0...2.2, y: -3.3...3.3)
    let grid = Rings.grid
    let back = sigmoid(
      try LayerProbe(trainer, rows: Rings.polar(grid.inputs)).readOutput().doubles)
    report.paragraph(
      "There is another way: choose better inputs. In polar coordinates, r² = x² + y² and the "
        + "angle θ, a straight line separates the rings, and logistic regression classifies "
        + "\(accuracy.percent) of the points correctly. But that requires knowing the shape of the "
        + "data, which nobody sees with hundreds of inputs. Hidden nodes learn their own "
        + "coordinates: [[hidden-space]] shows where they map the points."
    )
    report.show(
      Figure(
        title: "Logistic regression in polar coordinates",
        description:
          "Left: the rings over r² and θ are two bands, separated by a straight line. Right: the "
          + "same boundary in x and y is a circle.",
        columns: 2,
        panels: [
          Plot(
            title: "r² and θ", x: Axis("r²", range: flat.x), y: Axis("θ", range: flat.y),
            legend: .hidden,
            marks: flat.marks(try flat.probabilities(trainer))
              + PlaneGrid.points(polar, size: 2)),
          grid.plot(
            title: "the same in x and y: \(accuracy.percent)", probabilities: back, data: data,
            xLabel: "x", yLabel: "y", symbolSize: 2),
        ]),
      name: "polar",
      caption:
        "One line in the right coordinates. The small step at the left of the circle is where θ "
        + "jumps from π to −π.")
  }

  private func animate(
    _ training: LessonTraining, _ options: LessonOptions, into report: inout LessonReport
  ) throws(NNError) {
    let moments = [0, 10, 20, 30, 40, 60, 80, 100, 150, 200, 300, 500, 1000]
    let grid = PlaneGrid(x: Rings.grid.x, y: Rings.grid.y, columns: 60, rows: 60)
    var frames: [(caption: String, figure: Figure)] = []
    _ = try training.train(Rings.model(3), seed: options.seed) {
      (epoch, trainer) throws(NNError) in
      guard moments.contains(epoch) else { return }
      let accuracy = try training.accuracy(of: trainer).percent
      let plot = grid.plot(
        title: nil, probabilities: try grid.probabilities(trainer),
        data: training.data)
      frames.append(
        (
          "epoch \(epoch): \(accuracy)",
          Figure(
            title: "The boundary of 3 hidden nodes", description: "Epoch \(epoch)", panels: [plot])
        ))
    }
    report.show(
      Animation(
        title: "How the boundary of 3 hidden nodes develops",
        description: "A straight boundary bends and closes around the inner ring.",
        frames: frames, secondsPerFrame: 0.7),
      name: "learning",
      caption: "Training begins with a boundary that separates nothing. Three lines rotate and "
        + "move until they enclose the inner ring.")
  }

  private func draw(_ boundary: RunBoundary, into report: inout LessonReport) {
    report.paragraph(
      "The run \(boundary.folder.path), whose network classifies \(boundary.accuracy.percent) of "
        + "its training examples correctly:")
    report.measure("accuracy, the run", boundary.accuracy)
    report.show(
      Figure(
        title: "The boundary of the run", description: "The plane of the run's two inputs.",
        panels: [
          boundary.grid.plot(
            title: boundary.name, probabilities: boundary.probabilities, data: boundary.data)
        ]),
      name: "run", caption: "Colour is the probability of class 1.")
  }
}
