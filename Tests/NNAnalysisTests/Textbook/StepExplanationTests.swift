import NNAnalysis
import NNCore
import NNData
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

@Suite struct StepExplanationTests {
  private static let refused:
    [(model: Model, loss: any Loss, targets: HostTensor, reason: String)] = [
      (
        Model {
          Dense(100)
          Tanh()
          Dense(1)
        }, SquaredError(), TracedNetwork.binaryTargets, "it has 401 parameters"
      ),
      (
        Model {
          Dense(3)
          BatchNorm1D()
          Dense(1)
        }, SquaredError(), TracedNetwork.binaryTargets, "it has a layer `1` (BatchNorm1D"
      ),
      (
        Model {
          Dense(3)
          Tanh()
          ReLU()
          Dense(1)
        }, SquaredError(), TracedNetwork.binaryTargets, "a second activation"
      ),
      (
        Model {
          Residual([Dense(2)])
          Dense(1)
        }, SquaredError(), TracedNetwork.binaryTargets, "it has a layer `0` (Residual"
      ),
      (
        Model(Dense(1)), SmoothL1(), TracedNetwork.binaryTargets,
        "the loss is `smooth_l1` with its options"
      ),
      (
        Model(Dense(3)), CrossEntropy(labelSmoothing: 0.1), HostTensor([2, 0, 1, 2] as [Int32]),
        "the loss is `cross_entropy` with its options"
      ),
      (
        Model(Dense(3)), CrossEntropy(), HostTensor([2, -100, 1, 2] as [Int32]),
        "labels that the loss ignores"
      ),
    ]

  /// Other networks are summarized, with the reason.
  @Test(arguments: refused.indices) func othersAreSummarized(index: Int) throws {
    let (model, loss, targets, reason) = Self.refused[index]
    let network = try TracedNetwork(
      model, loss: loss, targets: targets, optimizer: SGD(learningRate: 0.1))
    guard case .layers(let summary, let found) = StepExplanation(network.trace) else {
      Issue.record("explained number by number")
      return
    }
    #expect(found.contains(reason), "\(found)")
    #expect(summary.loss == network.event.loss)
    #expect(!summary.rows.isEmpty)
  }

  /// The norms of a summary are those of the tensors.
  @Test func summaryMeasuresLayers() throws {
    let model = Model {
      Dense(3)
      Tanh()
      Dense(1)
    }
    let network = try TracedNetwork(
      model, loss: SquaredError(), targets: TracedNetwork.binaryTargets,
      optimizer: SGD(learningRate: 0.5))
    let summary = StepSummary(network.trace)
    #expect(summary.rows.map(\.path) == ["0", "1", "2"])
    #expect(summary.rows.map(\.layer) == ["Dense 3", "Tanh", "Dense 1"])
    #expect(summary.rows.map(\.parameters) == [9, 0, 4])
    #expect(summary.parameterCount == 13)
    #expect(summary.rows[1].weightNorm == nil && summary.rows[1].updateNorm == nil)
    for (row, layer) in [(0, "0"), (2, "2")] {
      let gradients = network.trace.parameters.filter { $0.name.hasPrefix("\(layer).") }
        .compactMap { $0.update?.gradient.doubles }.joined()
      let norm = gradients.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(try #require(summary.rows[row].gradientNorm) - norm) <= 1e-15)
      // SGD moves each weight by the learning rate times its gradient.
      #expect(abs(try #require(summary.rows[row].updateNorm) - 0.5 * norm) <= 1e-15)
    }
    let outputs = try #require(network.trace.layers.first { $0.path == "1" }).output.doubles
    let size = (outputs.reduce(0) { $0 + $1 * $1 } / 12).squareRoot()
    #expect(abs(summary.rows[1].outputSize - size) <= 1e-15)
  }

  @Test func explainsTheFirstStepOfAConfig() throws {
    let yaml = """
      data: {train: xor, batch_size: 4}
      model: [{linear: 3}, tanh, {linear: 2}]
      loss: cross_entropy
      optimizer: {sgd: {lr: 0.1}}
      """
    guard case .numbers(let step) = try StepExplanation.firstStep(of: Config(yaml: yaml)) else {
      Issue.record("summarized")
      return
    }
    #expect(step.step == 1)
    #expect(step.network == "2 inputs → 3 tanh → 2 linear")
    expectError("lbfgs", "evaluates the loss several times") {
      _ = try StepExplanation.firstStep(
        of: Config(yaml: yaml.replacing("{sgd: {lr: 0.1}}", with: "lbfgs")))
    }
    expectError("accumulate: 2") {
      _ = try StepExplanation.firstStep(of: Config(yaml: yaml + "\naccumulate: 2\n"))
    }
  }

  @Test func formulasHaveTheirParentheses() throws {
    func text(_ expression: TextbookExpression) -> String {
      expression.pieces.map { piece in
        switch piece {
        case .text(let text): text
        case .constant(let value): "\(value)"
        case .number(let id): id
        }
      }.joined()
    }
    let (a, b, c) = (
      TextbookExpression.number("a"), TextbookExpression.number("b"),
      TextbookExpression.number("c")
    )
    #expect(text(.product([.sum([a, b]), c])) == "(a + b) · c")
    #expect(text(.product([.sum([a]), c])) == "a · c")
    #expect(text(.difference(a, .difference(b, c))) == "a − (b − c)")
    #expect(text(.quotient(.product([a, b]), .product([b, c]))) == "a · b / (b · c)")
    #expect(text(.square(.difference(a, b))) == "(a − b)²")
    #expect(
      text(.sum([.product([a, b]), .function("exp", .sum([b, c]))])) == "a · b + exp(b + c)")
    let values = ["a": 2.0, "b": 3, "c": 4]
    #expect(TextbookExpression.quotient(.product([a, b]), c).value { values[$0] } == 1.5)
    #expect(TextbookExpression.squareRoot(c).value { values[$0] } == 2)
    #expect(TextbookExpression.function("exp", a).value { values[$0] } == nil)
    #expect(TextbookExpression.number("d").value { values[$0] } == nil)
  }
}
