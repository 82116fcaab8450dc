import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNTestSupport
import NNTraining
import Testing

/// FGSM and PGD without a random start, pixel by pixel in float64, on a convolutional network with
/// batch norm and on an LSTM, for both norms.
@Suite("Attacks against PyTorch")
struct AttackReferenceTests {
  private static let names = ["cnn-linf", "cnn-l2", "lstm-linf", "lstm-l2"]

  private struct Case {
    let example: FixtureExample
    let ascent: AscentFunctions
    let input: InputFunction
    let batch: AttackBatch
    let eps: Double

    init(_ name: String) throws {
      example = try Fixture.load("adversarial", "attacks").example(name)
      let inputs = try example.given("input", as: .float64)
      let labels = try example.given("labels", as: .float64).converted(to: .int32)
      let layers = try #require(example.options["layers"]).json
      let config = try Config(
        yaml: """
          {data: {train: {npz: rows.npz}}, model: \(layers), loss: cross_entropy, optimizer: adam}
          """)
      let data = try Dataset(name: name, inputs: inputs, targets: labels)
      let normalization = try Normalization(tensors: [
        (name: "normalization.offset", tensor: example.given("mean", as: .float64)),
        (name: "normalization.divisor", tensor: example.given("std", as: .float64)),
      ])
      let model = try config.makeModel()
      let signature = InputSignature(
        data.exampleTypes(.float64).map { TensorType($1.shape, $1.dtype) }, dtype: .float64)
      let layout = try model.layout(signature)
      let variables = VariableStore()
      variables.merge(
        try layout.variables(
          from: Dictionary(
            uniqueKeysWithValues: example.given(prefix: "state.", as: .float64).map { ($0, $1) })))
      let source = NetworkSource(
        model: model, layout: layout, signature: signature, normalization: normalization,
        variables: variables)
      let terms = [LossTerm(CrossEntropy())]
      let name = try #require(example.options["norm"]?.text)
      let norm = try #require(PerturbationNorm(rawValue: name))
      eps = try #require(example.options["eps"]?.number)
      ascent = try AscentFunctions(source, goal: .loss(terms), norm: norm)
      input = try InputFunction(of: .loss(terms), in: source)
      batch = AttackBatch(
        inputs: data.namedInputs, targets: data.namedTargets, range: try InputRange(of: data),
        rows: Array(0..<data.count))
    }
  }

  @Test("losses and gradients with respect to raw inputs", arguments: names)
  func gradients(name: String) throws {
    let `case` = try Case(name)
    let result = try `case`.input(`case`.batch.inputs, targets: `case`.batch.targets)
    expectClose(result.scores, try `case`.example.expected("loss", .float64))
    expectClose(result.gradients, try `case`.example.expected("gradient", .float64))
  }

  @Test("the fast gradient sign method", arguments: names)
  func fast(name: String) throws {
    let `case` = try Case(name)
    let found = try `case`.ascent.ascend(
      from: `case`.batch.clean, of: `case`.batch, radius: `case`.eps, stepSize: `case`.eps, count: 1
    )
    expectClose(found, try `case`.example.expected("fgsm", .float64))
  }

  @Test("projected gradient descent", arguments: names)
  func projected(name: String) throws {
    let `case` = try Case(name)
    let found = try `case`.ascent.ascend(
      from: `case`.batch.clean, of: `case`.batch, radius: `case`.eps,
      stepSize: try #require(`case`.example.options["step_size"]?.number),
      count: try #require(`case`.example.options["steps"]?.integer))
    expectClose(found, try `case`.example.expected("pgd", .float64))
    let losses = try `case`.ascent.measure(found, of: `case`.batch).losses
    expectClose(losses, try `case`.example.expected("loss.pgd", .float64).doubles)
  }
}
