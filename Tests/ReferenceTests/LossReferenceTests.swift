import NNCore
import NNGraph
import NNLosses
import NNTestSupport
import Testing

@Suite struct LossReferenceTests {
  @Test(
    arguments: ["regression", "binary", "cross_entropy", "likelihood", "focal", "quantile"],
    [DType.float64, .float32])
  func valuesAndGradients(file: String, dtype: DType) throws {
    for example in try Fixture.load("losses", file).examples {
      let loss = try makeLoss(example)
      let output = try example.given("input", as: dtype)
      var target = try example.given("target", as: dtype)
      if target.dtype == .int64 { target = target.converted(to: .int32) }
      let cotangent = try example.given("cotangent", as: dtype)
      let graph = Graph()
      let source = graph.input("output", TensorType(output.shape, dtype))
      let value = loss(source, graph.input("target", TensorType(target.shape, target.dtype)))
      let gradient = graph.gradients(
        of: value, withRespectTo: [source],
        cotangent: graph.input("cotangent", TensorType(cotangent.shape, dtype)))[0]
      let plan = try Plan(graph, fetches: [("output", value), ("grad.input", gradient)])
      let session = Session(plan, variables: VariableStore())
      session.write("output", output)
      session.write("target", target)
      session.write("cotangent", cotangent)
      session.run()
      for name in ["output", "grad.input"] {
        expectClose(
          session.read(name), try example.expected(name, dtype), nil,
          "\(example.name) \(name) \(dtype)")
      }
    }
  }

  private func makeLoss(_ example: FixtureExample) throws -> any Loss {
    let (name, options) = try #require(example.config.named)
    let word = try #require(options["reduction"]?.text)
    let reduction = try #require(Reduction(rawValue: word))
    let weight = options["weight"]?.numbers
    let ignoreIndex = options["ignore_index"]?.integer ?? -100
    switch name {
    case "squared_error": return SquaredError(reduction: reduction)
    case "mse": return MeanSquaredError(reduction: reduction)
    case "l1": return AbsoluteError(reduction: reduction)
    case "smooth_l1": return SmoothL1(beta: options["beta"]?.number ?? 1, reduction: reduction)
    case "huber": return Huber(delta: options["delta"]?.number ?? 1, reduction: reduction)
    case "quantile":
      return Quantile(levels: try #require(options["quantiles"]?.numbers), reduction: reduction)
    case "bce": return BinaryCrossEntropy(weight: weight, reduction: reduction)
    case "bce_with_logits":
      return BinaryCrossEntropyWithLogits(
        weight: weight, positiveWeight: options["pos_weight"]?.numbers, reduction: reduction)
    case "cross_entropy":
      return CrossEntropy(
        weight: weight, ignoreIndex: ignoreIndex,
        labelSmoothing: options["label_smoothing"]?.number ?? 0, reduction: reduction)
    case "focal":
      return Focal(
        gamma: options["gamma"]?.number ?? 2, weight: weight, ignoreIndex: ignoreIndex,
        reduction: reduction)
    case "sigmoid_focal":
      let alpha = options["alpha"] == .null ? nil : options["alpha"]?.number ?? 0.25
      return SigmoidFocal(
        alpha: alpha, gamma: options["gamma"]?.number ?? 2, reduction: reduction)
    case "nll":
      return NegativeLogLikelihood(
        weight: weight, ignoreIndex: ignoreIndex, reduction: reduction)
    case "kl_div":
      return KLDivergence(
        logTarget: options["log_target"]?.boolean ?? false, reduction: reduction)
    default: throw NNError.invalid("no loss called \(name)")
    }
  }
}
