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
    let learnt = try BooleanFunction.all.map { function throws(NNError) in
      try Perceptron(function)
    }
    let named = try [("AND", 0b1000), ("OR", 0b1110), ("XOR", 0b0110)].map {
      (name, truth) throws(NNError) in
      (name: name, result: try Perceptron(BooleanFunction(truth: truth)))
    }
    try showRule(named, into: &report)
    showMistakes(named, into: &report)
    let count = report.measure(
      "functions of two inputs learned, of 16", Double(learnt.count { $0.isExact }))
    let missing = learnt.filter { !$0.isExact }.map(\.function.name)
    report.say(
      "There are 16 functions of two bits. The rule learns \(count.text) of them; left over are "
        + "\(missing.joined(separator: " and ")).")
    try showTwoLayers(into: &report)
  }

  private func explainUnit(into report: inout LessonReport) {
    report.say(
      "A neuron adds up its inputs, each times a weight, and fires when the sum passes a threshold. "
        + "The threshold moves to the other side as a bias b: the neuron fires where the sum is at "
        + "least 0.")
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
    report.say(
      "The perceptron rule teaches it, an example at a time: compare the output o with the right "
        + "answer y; if they differ, move every weight by its input, towards the answer.")
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
        probabilities: grid.places.map { result.fires($0.x, $0.y) ? 1 : 0 },
        boundary: grid.places.map { result.sum($0.x, $0.y) },
        data: examples, xLabel: "i₁", yLabel: "i₂", symbolSize: 5)
    }
    for (name, result) in named {
      report.measure("\(name): right of 4", Double(result.right))
      report.measure("\(name): mistakes while learning", Double(result.mistakes.reduce(0, +)))
      for (part, weight) in zip(Perceptron.names, result.weights) {
        report.measure("\(name): \(part)", weight)
      }
    }
    let exact = named.filter(\.result.isExact)
    report.say(
      exact.map { name, result in
        let numbers = zip(Perceptron.names, result.weights).map { "\($0) = \($1.text)" }
        return "\(name) is learned after \(result.mistakes.reduce(0, +)) mistakes, with "
          + "\(numbers.joined(separator: ", "))."
      }.joined(separator: " "))
    report.show(
      Figure(
        title: "What one neuron makes of AND, OR and XOR",
        description:
          "Three unit squares with their four corners as points of two classes. One straight line "
          + "separates them for AND and for OR; none does for XOR.",
        columns: 3, panels: panels),
      name: "gates",
      caption:
        "The neuron says 1 on one side of the straight line w₁i₁ + w₂i₂ + b = 0 and 0 on the "
        + "other.")
  }

  private func showMistakes(
    _ named: [(name: String, result: Perceptron)], into report: inout LessonReport
  ) {
    let shown = 12
    report.show(
      Figure(
        title: "Mistakes in each round over the four examples",
        description: "Mistakes of AND and OR fall to none; those of XOR never do.",
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
    report.say(
      "That it must stop is a theorem (Novikoff 1962): where some line with the weights w∗ keeps a "
        + "distance, the rule makes at most R²·|w∗|²/m² mistakes, R being the length of the longest "
        + "input with its bias and m the least |w∗·i + b∗|. Here: \(bounds.joined(separator: ", "))."
    )
    for (name, result) in named where !result.isExact {
      guard let cycle = result.cycle else { continue }
      report.measure("\(name): rounds until its weights repeat", Double(cycle))
      report.say(
        "For \(name) no such line exists. At last its weights after "
          + (cycle == 1 ? "a round" : "\(cycle) rounds")
          + " are what they were before, and this repeats for ever.")
    }
  }

  private func showTwoLayers(into report: inout LessonReport) throws(NNError) {
    let examples = try BooleanFunction(truth: 0b0110).examples()
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
    report.measure("XOR with two layers: right of 4", Double(right))
    report.say(
      "Two neurons in front of a third classify \(right) of 4 correctly: the first fires for i₁ OR i₂, the "
        + "second for NOT (i₁ AND i₂), the third where both do. Each draws its own line, and XOR is "
        + "the strip between them. That is why neurons are put together into networks: see "
        + "[[decision-boundary]].")
    let grid = PlaneGrid(x: -0.6...1.6, y: -0.6...1.6)
    report.show(
      Figure(
        title: "XOR with two neurons in front of a third",
        description: "A strip between two parallel lines holds the two corners of class 1.",
        panels: [
          grid.plot(
            title: "OR, NOT AND, and both", probabilities: try network(grid.inputs).doubles,
            boundary: grid.places.map { min($0.x + $0.y - 0.5, 1.5 - $0.x - $0.y) },
            data: examples, xLabel: "i₁", yLabel: "i₂", symbolSize: 5)
        ]),
      name: "two-layers", caption: "Two lines do what one cannot.")
  }
}

/// One of the 16 functions of two bits.
private struct BooleanFunction {
  /// Bit 2·i₁ + i₂ is the answer to i₁, i₂.
  let truth: Int

  static let all = (0..<16).map(BooleanFunction.init(truth:))

  private static let corners = [(0.0, 0.0), (0, 1), (1, 0), (1, 1)]

  private var answers: [Double] { (0..<4).map { Double(truth >> $0 & 1) } }

  var name: String {
    switch truth {
    case 0b1000: "AND"
    case 0b1110: "OR"
    case 0b0110: "XOR"
    case 0b1001: "its opposite, equality"
    default: "function \(truth)"
    }
  }

  /// The four examples.
  func examples() throws(NNError) -> Dataset {
    try Dataset(
      name: name, inputs: HostTensor(Self.corners.flatMap { [$0.0, $0.1] }, shape: [4, 2]),
      targets: HostTensor(answers, shape: [4, 1]))
  }

  /// R²·|w∗|²/m² of the best line with small whole weights; nil where no line parts the answers.
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

/// A threshold unit after it was taught a function.
private struct Perceptron {
  let function: BooleanFunction
  /// w₁, w₂ and b at the end.
  let weights: [Double]
  /// Mistakes in each round over the four examples.
  let mistakes: [Int]
  /// After how many rounds the last weights come back; nil for a function that was learnt.
  let cycle: Int?

  private static let longest = 60
  /// What the weights are called.
  static let names = ["w₁", "w₂", "b"]

  /// Gradient descent with a rate of 1 on (o − y)·(w·i + b), o taken for a constant, is the rule.
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
        // The gradient is zero exactly where the answer was right.
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

  /// Whether a round went by without a mistake.
  var isExact: Bool { mistakes.last == 0 }

  /// Of the four answers, how many are right.
  var right: Int {
    (0..<4).count { fires(Double($0 >> 1), Double($0 & 1)) == (function.truth >> $0 & 1 == 1) }
  }

  func fires(_ first: Double, _ second: Double) -> Bool {
    sum(first, second) >= 0
  }

  func sum(_ first: Double, _ second: Double) -> Double {
    weights[0] * first + weights[1] * second + weights[2]
  }
}
