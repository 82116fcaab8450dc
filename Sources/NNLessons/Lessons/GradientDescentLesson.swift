import NNCore
import NNDrawing
import NNGraph
import NNOptimizers

/// Learning rates that are too small, good and too large; valleys that are not the deepest;
/// momentum and Adam in a narrow valley.
struct GradientDescentLesson: Lesson {
  static let name = "gradient-descent"
  static let title = "Gradient descent: downhill, step by step"
  static let summary = "Learning rates too small, good and too large; local minima; momentum, Adam"

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    report.paragraph(
      """
      Training looks for weights that minimize a loss. Gradient descent starts somewhere and \
      repeatedly takes a step against the gradient; η, the learning rate, is the ratio of the \
      step to the gradient.
      """)
    report.formula("x⁽ᵗ⁺¹⁾ = x⁽ᵗ⁾ − η {df}/{dx}(x⁽ᵗ⁾)")
    try compareRates(&report)
    try visitValleys(&report)
    try compareOptimizers(&report)
  }

  // MARK: - Learning rates

  /// f(x, y) = ½x² + 5y²: ten times as steep along y as along x.
  static let bowl = Landscape(quadratic: [[1, 0], [0, 10]], minimum: [0, 0])
  static let bowlStart = [-4.5, 1.5]
  /// The distance from the minimum that counts as converged.
  static let goal = 0.01
  static let rates = [
    (name: "too small", rate: 0.02, label: "0.02"), (name: "good", rate: 2.0 / 11, label: "2/11"),
    (name: "too large", rate: 0.205, label: "0.205"),
  ]
  private static let longest = 1000

  private func compareRates(_ report: inout LessonReport) throws(NNError) {
    let x = -5.5...5.5
    let y = -2.6...2.6
    let heights = try Self.bowl.grid(x: x, y: y, columns: 221, rows: 105)
    var panels: [any Panel] = []
    var curves: [any Mark] = []
    var rows: [[String]] = []
    for (name, rate, label) in Self.rates {
      let path = try Self.bowl.path(
        from: Self.bowlStart, by: SGD(learningRate: rate), steps: Self.longest)
      let distances = path.distances(from: [0, 0])
      let arrival = distances.firstIndex { $0 <= Self.goal }
      let steps = report.measure("steps, \(name)", arrival.map(Double.init) ?? .infinity)
      let far = report.measure("distance after 40 steps, \(name)", distances[40])
      let shownSteps = name == "too large" ? 10 : 25
      panels.append(
        Plot(
          title: "\(name): η = \(label)", x: Axis("x", range: x), y: Axis("y", range: y),
          keepsAspect: true,
          marks: [
            Contour(
              x: x, y: y, columns: 221, rows: 105, values: heights,
              levels: [0.5, 2, 5, 10, 17, 26], color: .muted, width: 1),
            Line(
              x: Array(path.coordinate(0)[...shownSteps]),
              y: Array(path.coordinate(1)[...shownSteps]), color: .series(0), dash: .solid,
              markers: true),
            Points(x: [0], y: [0], color: .series(2), symbol: .diamond, size: 6),
          ]))
      curves.append(
        Line("η = \(label)", x: (0...60).map(Double.init), y: Array(distances[...60])))
      rows.append([
        name, label, steps.isFinite ? steps.rounded(digits: 4) : "never", far.text,
      ])
    }
    report.paragraph(
      """
      The bowl f(x, y) = ½x² + 5y² is ten times as steep along y as along x. Each path starts at \
      x = −4.5, y = 1.5; the minimum is in the middle. With a small rate every step is safe, but \
      many are needed. With a rate that is too large each step along y overshoots by more than it \
      gains: the path oscillates from wall to wall and diverges.
      """)
    report.show(
      Figure(
        title: "Gradient descent with three learning rates",
        description:
          "Three contour plots of an elongated bowl. With a small rate the path creeps, with a "
          + "good one it zigzags into the minimum, with a large one it diverges.",
        columns: 1, panels: panels),
      name: "rates", caption: "The first steps of each path.")
    report.table(
      header: ["learning rate", "η", "steps to within 0.01", "distance after 40 steps"], rows: rows,
      caption: "Measured over at most 1,000 steps.")
    report.show(
      Figure(
        title: "Distance from the minimum",
        description:
          "Distance against step on a logarithmic axis: straight lines, two falling, one "
          + "rising.",
        panels: [
          Plot(x: Axis("step"), y: Axis("distance", scale: .log), marks: curves)
        ]),
      name: "distance",
      caption: "On a logarithmic axis each path becomes a straight line; convex-convergence "
        + "explains why.")
  }

  // MARK: - Local minima

  /// f(w) = ¼w⁴ − w² + ½w: two valleys, the left one deeper.
  static let valleys = Landscape(dimension: 1) { weights in
    let square = weights[0].square()
    return square.square() * 0.25 - square + weights[0] * 0.5
  }
  static let starts = (-2.1...2.1).spaced(9)
  static let smallRate = 0.05
  static let leapRate = 0.36

  private func visitValleys(_ report: inout LessonReport) throws(NNError) {
    var ends: [Double] = []
    for start in Self.starts {
      let path = try Self.valleys.path(
        from: [start], by: SGD(learningRate: Self.smallRate), steps: 400)
      ends.append(path[400][0])
    }
    let deep = ends.filter { $0 < 0 }.count
    let leap = try Self.valleys.path(
      from: [2.1], by: SGD(learningRate: Self.leapRate), steps: 200)
    let bottoms = try Self.valleys.heights(at: [[ends[0]], [ends[8]]])
    let (left, right) = (
      report.measure("deeper minimum", ends[0]), report.measure("local minimum", ends[8])
    )
    let (low, high) = (
      report.measure("height of the deeper minimum", bottoms[0]),
      report.measure("height of the local minimum", bottoms[1])
    )
    report.measure("starts", Double(ends.count))
    report.measure("starts that find the deeper minimum", Double(deep))
    let landing = report.measure("where the leap lands", leap[1][0])
    let escape = report.measure("end of the leap", leap[200][0])
    report.paragraph(
      """
      f(w) = ¼w⁴ − w² + ½w has two valleys. Gradient descent follows the local gradient, so it \
      ends in the valley that it starts in: of \(ends.count) starts with η = \
      \(Self.smallRate), \(deep) reach the global minimum at w = \(left.rounded(digits: 4)), \
      where f = \(low.rounded(digits: 4)); the others stay in the local minimum at w = \
      \(right.rounded(digits: 4)), where f = \(high.rounded(digits: 4)).
      """)
    report.paragraph(
      """
      A large rate may leap out of the valley that it starts in. From w = 2.1 with η = \
      \(Self.leapRate) the first step lands at w = \(landing.text), over the crest, and the \
      path ends at w = \(escape.rounded(digits: 4)), which is luck. [[convex-convergence]] \
      computes how many steps a rate needs.
      """)
    let shape = (-2.4...2.4).spaced(161)
    let curve = Line("f(w)", x: shape, y: try Self.valleys.heights(at: shape.map { [$0] }))
    func points(_ name: String, _ starts: [Double], _ symbol: Symbol) throws(NNError) -> Points {
      Points(
        name, x: starts, y: try Self.valleys.heights(at: starts.map { [$0] }), symbol: symbol,
        size: 5)
    }
    let shown = Array(leap.coordinate(0)[...6])
    report.show(
      Figure(
        title: "Two valleys",
        description: "A curve with two valleys. Starts on either side run down into their own "
          + "valley; one long step crosses the crest between them.",
        columns: 2,
        panels: [
          Plot(
            title: "η = \(Self.smallRate): nine starts", x: Axis("w"), y: Axis("f(w)"),
            marks: [
              curve, try points("start", Self.starts, .cross), try points("end", ends, .circle),
            ]),
          Plot(
            title: "η = \(Self.leapRate): over the crest", x: Axis("w"), y: Axis("f(w)"),
            marks: [
              curve,
              Line(
                "path", x: shown, y: try Self.valleys.heights(at: shown.map { [$0] }),
                color: .emphasis, markers: true),
            ]),
        ]),
      name: "valleys", caption: "Where a path ends depends on where it starts and on η.")
  }

  // MARK: - Momentum and Adam

  /// f(x, y) = ½(x² + 100 y²), a hundred times as steep across as along.
  static let gorge = Landscape(quadratic: [[1, 0], [0, 100]], minimum: [0, 0])
  static let gorgeStart = [-9.0, 1.0]
  /// Gradient descent with its best rate for curvatures 1 and 100, η = 2/(1 + 100).
  static let optimizers: [(name: String, rule: any GraphOptimizer)] = [
    ("gradient descent", SGD(learningRate: 2.0 / 101)),
    ("momentum", SGD(learningRate: 0.02, momentum: 0.8)),
    ("Adam", Adam(learningRate: 0.3)),
  ]

  private func compareOptimizers(_ report: inout LessonReport) throws(NNError) {
    let x = -10.0...3.0
    let y = -1.3...1.3
    let heights = try Self.gorge.grid(x: x, y: y, columns: 209, rows: 105)
    var panels: [any Panel] = []
    var curves: [any Mark] = []
    var steps: [Double] = []
    for (name, rule) in Self.optimizers {
      let path = try Self.gorge.path(from: Self.gorgeStart, by: rule, steps: Self.longest)
      let distances = path.distances(from: [0, 0])
      // Momentum and Adam overshoot the minimum and return, so the last step outside is counted.
      let outside = distances.lastIndex { $0 > Self.goal } ?? -1
      steps.append(report.measure("steps, \(name)", Double(outside + 1)))
      if name == "Adam" {
        report.measure("first step of Adam along x", path[1][0] - path[0][0])
        report.measure("first step of Adam along y", path[1][1] - path[0][1])
      }
      panels.append(
        Plot(
          title: name, x: Axis("x", range: x), y: Axis("y", range: y),
          marks: [
            Contour(
              x: x, y: y, columns: 209, rows: 105, values: heights,
              levels: [1, 5, 15, 30, 50, 75], color: .muted, width: 1),
            Line(
              x: Array(path.coordinate(0)[...30]), y: Array(path.coordinate(1)[...30]),
              color: .series(0), dash: .solid, markers: true),
            Points(x: [0], y: [0], color: .series(2), symbol: .diamond, size: 6),
          ]))
      curves.append(Line(name, x: (0...300).map(Double.init), y: Array(distances[...300])))
    }
    report.paragraph(
      """
      A valley a hundred times as steep across as along has no good rate: what is safe across is \
      slow along. Momentum keeps a share of the previous update, so that steps along the valley \
      add up while those across cancel: \(steps[1].rounded(digits: 4)) steps to stay within \
      \(Self.goal) of the minimum instead of \(steps[0].rounded(digits: 4)). Adam divides each \
      weight's step by the size of its recent gradients: both coordinates move equally fast, \
      however steep they are, and it stays within \(Self.goal) after \
      \(steps[2].rounded(digits: 4)) steps.
      """)
    report.show(
      Figure(
        title: "Three optimizers in a narrow valley",
        description:
          "Contour plots of a narrow valley with thirty steps of gradient descent, which "
          + "zigzags, of momentum, which spirals into the minimum, and of Adam, which moves "
          + "diagonally.",
        columns: 1,
        panels: panels),
      name: "optimizers", caption: "Thirty steps of each; the y axis is stretched.")
    report.show(
      Figure(
        title: "Distance from the minimum in the narrow valley",
        description: "Distance against step on a logarithmic axis for the three optimizers.",
        panels: [Plot(x: Axis("step"), y: Axis("distance", scale: .log), marks: curves)]),
      name: "optimizer-distance",
      caption: "Gradient descent with its best rate, momentum 0.8, Adam.")
  }
}
