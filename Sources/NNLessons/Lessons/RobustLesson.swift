import NNAnalysis
import NNCore
import NNData
import NNDrawing
import NNLayers
import NNLosses
import NNOptimizers
import NNTraining

/// Two noisy half moons, learned with and without adversarial training: the boundary and the margin
/// of the points.
struct RobustLesson: Lesson {
  static let name = "robust"
  static let title = "Adversarial training: a boundary that keeps its distance"
  static let summary =
    "Half moons, trained on the points or on their worst neighbours: boundary and margins"

  /// The radii of the perturbations in training; 0 for none.
  static let radii = [0, 0.05, 0.1, 0.2, 0.3, 0.5]
  /// The radius of attacks, whose network is drawn next to the ordinary one.
  static let shown = 0.2

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    let task = try Task(seed: options.seed)
    report.paragraph(
      """
      A loss asks for the right class at each training point, not around it. So the boundary between \
      two classes may pass close to a point, and a small change of that point leads to the wrong \
      class. The distance to the boundary is the margin of the point: the Euclidean norm of the \
      smallest such change. It counts as negative where the network is wrong already.
      """)
    report.formula("margin(x) = min ‖δ‖   \"such that\" f(x + δ) \"is wrong\"")
    let networks = try Self.radii.map { (radius) throws(NNError) in
      try task.learn(radius: radius, seed: options.seed)
    }
    guard let plain = networks.first,
      let robust = networks.first(where: { $0.radius == Self.shown })
    else { return }
    for network in networks { measure(network, &report) }
    showBoundaries(task, plain, robust, &report)
    compareWithAttack(plain, robust, &report)
    compareRadii(networks, &report)
  }

  private static func label(_ network: Network) -> String {
    network.radius == 0 ? "ordinary training" : "ε = \(network.radius)"
  }

  private func measure(_ network: Network, _ report: inout LessonReport) {
    let label = Self.label(network)
    report.measure("accuracy, \(label)", network.accuracy)
    report.measure("accuracy under PGD, \(label)", network.attacked)
    report.measure("accuracy on other points, \(label)", network.testAccuracy)
    report.measure("accuracy on other points under PGD, \(label)", network.testAttacked)
    report.measure("median margin, \(label)", network.median)
    report.measure("smallest margin, \(label)", network.smallest)
    report.measure(
      "share of points with a margin of \(Self.shown) or more, \(label)", network.wideShare)
  }

  private func showBoundaries(
    _ task: Task, _ plain: Network, _ robust: Network, _ report: inout LessonReport
  ) {
    report.paragraph(
      """
      Here \(task.data.count) points of two half moons are noisy enough to touch each other. A \
      network with two hidden layers of \(Task.width) nodes learns them with an accuracy of \
      \(plain.accuracy.percent), and its boundary winds between them: the median of all margins is \
      \(plain.median.text), the smallest \(plain.smallest.text).
      """)
    report.paragraph(
      """
      Adversarial training replaces each point, in every step, by the point within a distance of ε \
      where the loss is largest, and lowers the loss there. That point is found by projected \
      gradient descent (PGD): \(Task.steps) steps along the gradient of the loss with respect to \
      the input, and after each step back into the disc of radius ε.
      """)
    report.formula(
      """
      min_w Σ_i max_{‖δ‖ ≤ ε} L(f(xᵢ + δ), yᵢ)
      δ ← P_ε(δ + α {g}/{‖g‖}),   g = ∇_x L(f(xᵢ + δ), yᵢ)
      """)
    report.paragraph(
      """
      With ε = \(Self.shown) the boundary is smoother, and the median margin is \
      \(robust.median.text) instead of \(plain.median.text). The accuracy on the training points is \
      \(robust.accuracy.percent): points closer to the other class than to their own are given up.
      """)
    let both = [plain, robust]
    report.show(
      Figure(
        title: "Boundaries after ordinary and adversarial training",
        description:
          "Two plots of two half moons and the boundary between them. After ordinary training it "
          + "winds around single points; after adversarial training it is smooth.",
        columns: 2,
        panels: both.map { network in
          task.grid.plot(
            title: "\(Self.label(network)): median margin \(network.median.text)",
            probabilities: sigmoid(network.logits), boundary: network.logits, data: task.data,
            symbolSize: 2)
        }),
      name: "boundaries",
      caption: "Colour is the probability of class 1, the line is the boundary.")
    let edges = (
      low: (both.map(\.smallest).min() ?? 0) - 0.02,
      high: (both.flatMap(\.margins).max() ?? 1) + 0.02
    )
    report.show(
      Figure(
        title: "The margins of all points",
        description:
          "Two histograms of margins with a line at the radius of the attack. After adversarial "
          + "training fewer points are between 0 and the line.",
        columns: 2,
        panels: both.map { network in
          Plot(
            title: Self.label(network), x: Axis("margin", range: edges.low...edges.high),
            y: Axis("points", isCount: true), legend: .hidden,
            marks: [
              Histogram(values: network.margins, bins: 24, color: .series(0)),
              Rule(vertical: Self.shown, label: "\(Self.shown)"),
            ])
        }),
      name: "margins", caption: "How far each training point is from the boundary.")
  }

  private func compareWithAttack(
    _ plain: Network, _ robust: Network, _ report: inout LessonReport
  ) {
    report.paragraph(
      """
      In a plane margins can be measured. For images only an attack remains, which changes inputs \
      and counts mistakes ([[attacks]]). How good is it? No attack with ε = \(Self.shown) can break a \
      point whose margin is larger, and a perfect one breaks all others. After ordinary training \
      \(plain.wideShare.percent) of the points have such a margin, and PGD with \
      \(Task.attackSteps) steps leaves an accuracy of \(plain.attacked.percent); after adversarial \
      training it is \(robust.wideShare.percent) and \(robust.attacked.percent).
      """)
    report.paragraph(
      """
      The same holds for \(Task.testCount) points that neither network has seen: under PGD the \
      accuracy is \(plain.testAttacked.percent) after ordinary and \(robust.testAttacked.percent) \
      after adversarial training.
      """)
  }

  private func compareRadii(_ networks: [Network], _ report: inout LessonReport) {
    let last = networks[networks.count - 1]
    report.table(
      header: [
        "training", "accuracy", "under PGD", "on other points", "under PGD", "median margin",
      ],
      rows: networks.map { network in
        [
          Self.label(network), network.accuracy.percent, network.attacked.percent,
          network.testAccuracy.percent, network.testAttacked.percent, network.median.text,
        ]
      }, caption: "PGD with ε = \(Self.shown), whatever the radius of training was")
    report.paragraph(
      """
      More is not always better. Where ε is larger than half of the distance between points of \
      different classes, their discs overlap, and no boundary satisfies both: trained with \
      ε = \(last.radius), the network classifies \(last.accuracy.percent) of its training points \
      correctly.
      """)
    let x = networks.map(\.radius)
    report.show(
      Figure(
        title: "Accuracy and margin against the radius of training",
        description:
          "Left: accuracy on the training points, which falls with the radius of training, and under "
          + "attack, which rises first. Right: the median margin, which grows.",
        columns: 2,
        panels: [
          Plot(
            x: Axis("ε of training"), y: Axis("accuracy", range: 0.4...1.02), legend: .above,
            marks: [
              Line("training points", x: x, y: networks.map(\.accuracy), markers: true),
              Line("under PGD", x: x, y: networks.map(\.attacked), markers: true),
            ]),
          Plot(
            x: Axis("ε of training"), y: Axis("median margin"), legend: .hidden,
            marks: [Line("margin", x: x, y: networks.map(\.median), markers: true)]),
        ]),
      name: "radii", caption: "At 0 is ordinary training.")
    report.paragraph(
      """
      In a config, adversarial: {pgd: {eps: \(Self.shown), norm: l2}} trains in this way, and \
      nntrain attack RUN --norm l2 measures the result.
      """)
  }
}

/// A network and the margins of the training points.
private struct Network {
  /// The radius of the perturbations in training; 0 for ordinary training.
  let radius: Double
  /// The accuracy on the training points, and under PGD.
  let accuracy: Double
  let attacked: Double
  /// The accuracy on other points, and under PGD.
  let testAccuracy: Double
  let testAttacked: Double
  /// The logit at each point of the grid.
  let logits: [Double]
  /// The distance of each training point from the boundary, negative if it is classified wrongly.
  let margins: [Double]

  var smallest: Double { margins.min() ?? .nan }
  var median: Double { margins.sorted()[margins.count / 2] }
  /// The share of points whose margin is at least the radius of attacks.
  var wideShare: Double {
    Double(margins.count { $0 >= RobustLesson.shown }) / Double(margins.count)
  }
}

/// The half moons and the training on them.
private struct Task {
  static let width = 32
  static let testCount = 1000
  /// The number of steps of PGD in training, and in attacks.
  static let steps = 7
  static let attackSteps = 40

  let data: Dataset
  private let test: Dataset
  let grid = PlaneGrid(x: -2...3, y: -1.8...2.2, columns: 250, rows: 200)

  init(seed: UInt64) throws(NNError) {
    func moons(_ count: Int, part: UInt32) throws(NNError) -> Dataset {
      try DataGenerator(.moons, samples: count, noise: 0.25, seed: seed, part: part).make()
        .withNumericTargets()
    }
    data = try moons(100, part: 0)
    test = try moons(Self.testCount, part: 1)
  }

  func learn(radius: Double, seed: UInt64) throws(NNError) -> Network {
    let loss = BinaryCrossEntropyWithLogits()
    var training = LessonTraining(
      data: data, loss: loss, optimizer: Adam(learningRate: 0.01), epochs: 400)
    if radius > 0 {
      training.adversarial = AdversarialTraining(
        .pgd(steps: Self.steps, stepSize: radius / 4, randomStart: true), radius: radius, norm: .l2)
    }
    let trainer = try training.train(
      Model {
        Dense(Self.width)
        ReLU()
        Dense(Self.width)
        ReLU()
        Dense(1)
      }, seed: seed)
    let tables = try [data, test].map { data throws(NNError) in
      try AttackTable.measure(
        trainer.trainedModel(), on: data, attacks: ["pgd"], radii: [RobustLesson.shown],
        settings: AttackSettings(norm: .l2, steps: Self.attackSteps, seed: seed),
        losses: [LossTerm(loss)])
    }
    let logits = try LayerProbe(trainer, rows: grid.inputs).readOutput().doubles
    return Network(
      radius: radius, accuracy: tables[0].clean, attacked: tables[0].rows[0].worst,
      testAccuracy: tables[1].clean, testAttacked: tables[1].rows[0].worst, logits: logits,
      margins: try margins(PlaneBoundary(grid, logits: logits), trainer))
  }

  /// The distance of each training point from the boundary, negative on its wrong side.
  private func margins(
    _ boundary: PlaneBoundary, _ trainer: Trainer
  ) throws(NNError) -> [Double] {
    let (inputs, labels) = (data.inputs.doubles, data.targets.doubles)
    let logits = try LayerProbe(trainer, rows: data.inputs).readOutput().doubles
    return logits.indices.map { row in
      let isRight = (logits[row] > 0) == (labels[row] > 0.5)
      let distance = boundary.distance(x: inputs[2 * row], y: inputs[2 * row + 1])
      return isRight ? distance : -distance
    }
  }
}
