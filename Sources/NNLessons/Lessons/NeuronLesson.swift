import NNCore
import NNData
import NNDrawing
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers
import NNTraining

/// The threshold unit and the perceptron rule on every function of two bits.
struct NeuronLesson: Lesson {
  static let name = "neuron"
  static let title = "Perceptron: one neuron draws one line"
  static let summary = "A threshold unit learns AND and OR by the perceptron rule, and never XOR"

  func run(_ options: LessonOptions, into report: inout LessonReport) throws(NNError) {
    explainUnit(into: &report)
    let learned = try BooleanFunction.all.map { function throws(NNError) in
      try Perceptron(function)
    }
    let named = try [("AND", 0b1000), ("OR", 0b1110), ("XOR", 0b0110)].map {
      (name, table) throws(NNError) in
      (name: name, result: try Perceptron(BooleanFunction(table: table)))
    }
    try showRule(named, into: &report)
    showMistakes(named, into: &report)
    let count = report.measure(
      "functions of two inputs learned, of 16", Double(learned.count { $0.isExact }))
    let missing = learned.filter { !$0.isExact }.map(\.function.name)
    report.paragraph(
      "There are 16 functions of two bits. The rule learns \(count.text) of them; it cannot learn "
        + "\(missing.joined(separator: " and ")).")
    try showTwoLayers(into: &report)
  }

  private func explainUnit(into report: inout LessonReport) {
    report.paragraph(
      "A neuron adds up its inputs, each times a weight, and fires when the sum reaches a "
        + "threshold. The negative threshold is the bias b: the neuron fires where the sum with b "
        + "is at least 0.")
    report.formula(
      "o = thresh(w₁i₁ + w₂i₂ + … + wₙiₙ + b),   thresh(x) = 1 \"if\" x ≥ 0, 0 \"otherwise\"")
    report.show(
      Figure(
        title: "The threshold unit",
        description: "A step: 0 for every negative sum, 1 from 0 on.",
        panels: [
          Plot(
            x: Axis("w₁i₁ + … + wₙiₙ + b"), y: Axis("output", range: -0.2...1.2), legend: .hidden,
            marks: [
              Line(x: [-3, 0], y: [0, 0], color: .series(0), width: 2.5),
              Line(x: [0, 3], y: [1, 1], color: .series(0), width: 2.5),
              Points(x: [0], y: [1], color: .series(0), size: 4),
            ])
        ]),
      name: "threshold", caption: "A binary switch: off, then on.")
    report.paragraph(
      "The perceptron rule trains it, one example at a time: compare the output o with the label "
        + "y; if they differ, change every weight by its input, towards the label.")
    report.formula("w ← w + (y − o) · i,   b ← b + (y − o)")
  }

  private func showRule(
    _ named: [(name: String, result: Perceptron)], into report: inout LessonReport
  ) throws(NNError) {
    let grid = PlaneGrid(x: -0.6...1.6, y: -0.6...1.6)
    let panels = try named.map { name, result throws(NNError) in
      let examples = try result.function.examples()
      return grid.plot(
        title: "\(name): \(result.right) of 4",
        probabilities: grid.points.map { result.fires($0.x, $0.y) ? 1 : 0 },
        boundary: grid.points.map { result.sum($0.x, $0.y) },
        data: examples, xLabel: "i₁", yLabel: "i₂", symbolSize: 5)
    }
    for (name, result) in named {
      report.measure("\(name): correct of 4", Double(result.right))
      report.measure("\(name): mistakes while learning", Double(result.mistakes.reduce(0, +)))
      for (part, weight) in zip(Perceptron.names, result.weights) {
        report.measure("\(name): \(part)", weight)
      }
    }
    let exact = named.filter(\.result.isExact)
    report.paragraph(
      exact.map { name, result in
        let numbers = zip(Perceptron.names, result.weights).map { "\($0) = \($1.text)" }
        return "\(name) is learned after \(result.mistakes.reduce(0, +)) mistakes, with "
          + "\(numbers.joined(separator: ", "))."
      }.joined(separator: " "))
    report.show(
      Figure(
        title: "One neuron on AND, OR and XOR",
        description:
          "Three unit squares with their four corners as points of two classes. One straight line "
          + "separates them for AND and for OR; none does for XOR.",
        columns: 3, panels: panels),
      name: "gates",
      caption:
        "The neuron's output is 1 on one side of the straight line w₁i₁ + w₂i₂ + b = 0 and 0 on "
        + "the other.")
  }

  private func showMistakes(
    _ named: [(name: String, result: Perceptron)], into report: inout LessonReport
  ) {
    let shown = 12
    report.show(
      Figure(
        title: "Mistakes in each round over the four examples",
        description: "Mistakes of AND and OR fall to zero; those of XOR never do.",
        panels: [
          Plot(
            x: Axis(
              "round", range: 0.5...Double(shown) + 0.5,
              ticks: (1...shown).map { Tick(Double($0), "\($0)") }),
            y: Axis(
              "mistakes", range: -0.2...4.4, ticks: (0...4).map { Tick(Double($0), "\($0)") }),
            legend: .above,
            marks: named.map { name, result in
              let mistakes = (0..<shown).map {
                $0 < result.mistakes.count
                  ? Double(result.mistakes[$0]) : result.isExact ? 0 : Double.nan
              }
              return Line(
                name, x: (1...shown).map(Double.init), y: mistakes, markers: true)
            })
        ]),
      name: "mistakes", caption: "Where a line exists the rule finds one and stops.")
    for (name, result) in named {
      guard let bound = result.function.mistakeBound else { continue }
      report.measure("\(name): most mistakes that the theorem allows", bound)
    }
    let bounds = named.compactMap { name, result in
      result.function.mistakeBound.map { "\(name) \($0.text)" }
    }
    report.paragraph(
      "It converges by a theorem (Novikoff 1962): if a line with the weights w∗ separates the "
        + "classes with a margin, the rule makes at most R²·|w∗|²/m² mistakes, where R is the norm "
        + "of the longest input with its bias and m the smallest |w∗·i + b∗|. Here: "
        + "\(bounds.joined(separator: ", "))."
    )
    for (name, result) in named where !result.isExact {
      guard let cycle = result.cycle else { continue }
      report.measure("\(name): rounds until its weights repeat", Double(cycle))
      report.paragraph(
        "For \(name) no such line exists. Eventually its weights after "
          + (cycle == 1 ? "a round" : "\(cycle) rounds")
          + " are what they were before, and the cycle repeats forever.")
    }
  }

  private func showTwoLayers(into report: inout LessonReport) throws(NNError) {
    let examples = try BooleanFunction(table: 0b0110).examples()
    let network = FixedNetwork(
      Model {
        Dense(2)
        Step()
        Dense(1)
        Step()
      },
      weights: [
        "0.weight": HostTensor([1.0, 1, -1, -1], shape: [2, 2]),
        "0.bias": HostTensor([-0.5, 1.5]),
        "2.weight": HostTensor([1.0, 1], shape: [1, 2]),
        "2.bias": HostTensor([-1.5]),
      ])
    let outputs = try network(examples.inputs).doubles
    let right = zip(outputs, examples.targets.doubles).count { $0 == $1 }
    report.measure("XOR with two layers: correct of 4", Double(right))
    report.paragraph(
      "Two neurons before a third classify \(right) of 4 correctly: the first fires for i₁ OR i₂, "
        + "the second for NOT (i₁ AND i₂), the third where both do. Each draws its own line, and "
        + "XOR is the region between them. That is why neurons are combined into networks: see "
        + "[[decision-boundary]].")
    let grid = PlaneGrid(x: -0.6...1.6, y: -0.6...1.6)
    report.show(
      Figure(
        title: "XOR with two neurons before a third",
        description: "The region between two parallel lines contains the two corners of class 1.",
        panels: [
          grid.plot(
            title: "OR, NOT AND, and both", probabilities: try network(grid.inputs).doubles,
            boundary: grid.points.map { min($0.x + $0.y - 0.5, 1.5 - $0.x - $0.y) },
            data: examples, xLabel: "i₁", yLabel: "i₂", symbolSize: 5)
        ]),
      name: "two-layers", caption: "Two lines do what one cannot.")
  }
}

/// One of the 16 functions of two bits.
private struct BooleanFunction {
  /// The truth table: bit 2·i₁ + i₂ is the label of i₁, i₂.
  let table: Int

  static let all = (0..<16).map(BooleanFunction.init(table:))

  private static let corners = [(0.0, 0.0), (0, 1), (1, 0), (1, 1)]

  private var answers: [Double] { (0..<4).map { Double(table >> $0 & 1) } }

  var name: String {
    switch table {
    case 0b1000: "AND"
    case 0b1110: "OR"
    case 0b0110: "XOR"
    case 0b1001: "its complement, equality"
    default: "function \(table)"
    }
  }

  /// The four examples.
  func examples() throws(NNError) -> Dataset {
    try Dataset(
      name: name, inputs: HostTensor(Self.corners.flatMap { [$0.0, $0.1] }, shape: [4, 2]),
      targets: HostTensor(answers, shape: [4, 1]))
  }

  /// R²·|w∗|²/m² of the best line with small integer weights; nil where no line separates the
  /// labels.
  var mistakeBound: Double? {
    let signs = answers.map { 2 * $0 - 1 }
    var least: Double?
    for w1 in -3...3 {
      for w2 in -3...3 {
        for b in -3...3 {
          let (w1, w2, b) = (Double(w1), Double(w2), Double(b))
          let distances = zip(Self.corners, signs).map { $1 * (w1 * $0.0 + w2 * $0.1 + b) }
          guard let margin = distances.min(), margin > 0 else { continue }
          // The longest input with its bias is (1, 1, 1).
          let bound = 3 * (w1 * w1 + w2 * w2 + b * b) / (margin * margin)
          least = min(least ?? bound, bound)
        }
      }
    }
    return least
  }
}

/// A threshold unit trained on a function.
private struct Perceptron {
  let function: BooleanFunction
  /// w₁, w₂ and b at the end.
  let weights: [Double]
  /// Mistakes in each round over the four examples.
  let mistakes: [Int]
  /// The number of rounds after which the weights repeat; nil for a function that was learned.
  let cycle: Int?

  private static let longest = 60
  /// The names of the weights.
  static let names = ["w₁", "w₂", "b"]

  /// The rule is gradient descent with a rate of 1 on (o − y)·(w·i + b), with o as a constant.
  init(_ function: BooleanFunction) throws(NNError) {
    let rule = CustomLoss("perceptron") { sum, answer in
      ((sum.step() - answer).detached() * sum).mean()
    }
    let trainer = try Trainer(
      model: Model(Dense(1, weightInitializer: .zeros, biasInitializer: .zeros)), loss: rule,
      optimizer: SGD(learningRate: 1), data: function.examples(), batchSize: 1,
      settings: TrainingSettings(dtype: .float64, shuffle: false, logEvery: 1))
    var history: [[Double]] = []
    var mistakes: [Int] = []
    while mistakes.count < Self.longest, mistakes.last != 0 {
      var missed = 0
      while let step = try trainer.step() {
        // The gradient is zero exactly where the output is correct.
        if step.gradientNorm != 0 { missed += 1 }
      }
      try trainer.epoch()
      mistakes.append(missed)
      history.append(try trainer.weights().flatMap { $0.tensor.doubles })
    }
    self.function = function
    self.mistakes = mistakes
    weights = history.last ?? []
    let earlier = history.dropLast().lastIndex { $0 == history.last }
    cycle = mistakes.last == 0 ? nil : earlier.map { history.count - 1 - $0 }
  }

  /// Whether the last round had no mistake.
  var isExact: Bool { mistakes.last == 0 }

  /// The number of correct outputs, of four.
  var right: Int {
    (0..<4).count { fires(Double($0 >> 1), Double($0 & 1)) == (function.table >> $0 & 1 == 1) }
  }

  func fires(_ first: Double, _ second: Double) -> Bool {
    sum(first, second) >= 0
  }

  func sum(_ first: Double, _ second: Double) -> Double {
    weights[0] * first + weights[1] * second + weights[2]
  }
}
