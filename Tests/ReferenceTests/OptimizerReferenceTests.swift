import NNCore
import NNGraph
import NNOptimizers
import NNTestSupport
import Testing

@Suite struct OptimizerReferenceTests {
  @Test(
    arguments: ["sgd", "adam", "adamw", "rmsprop", "adagrad"], [DType.float64, .float32])
  func twentySteps(file: String, dtype: DType) throws {
    for example in try Fixture.load("optimizers", file).examples {
      let optimizer = try makeOptimizer(example)
      for (name, start) in try example.given(prefix: "parameter.", as: dtype) {
        let gradients = try example.given("gradient.\(name)", as: dtype)
        let flat = start.reshaped(to: [start.elementCount])
        let graph = Graph()
        let parameter = graph.variable("parameters", TensorType(flat.shape, dtype))
        let gradient = graph.input("gradient", parameter.type)
        let step = OptimizerStep(optimizer, parameters: parameter, gradient: gradient)
        let plan = try Plan(graph, fetches: [], updates: step.updates)
        let store = VariableStore()
        store["parameters"] = flat
        for (slot, tensor) in optimizer.initialVariables(parameter.type) { store[slot] = tensor }
        let session = Session(plan, variables: store)
        let expected = try example.expected("parameter.\(name)", dtype)
        for index in 0..<gradients.shape[0] {
          session.write("gradient", gradients.rows(index..<index + 1).reshaped(to: flat.shape))
          session.write(
            OptimizerStep.scalarsName,
            optimizer.scalars(
              step: index + 1, learningRate: optimizer.learningRate, dtype: dtype))
          session.run()
          expectClose(
            try #require(store["parameters"]),
            expected.rows(index..<index + 1).reshaped(to: flat.shape), nil,
            "\(example.name) \(name) step \(index + 1) \(dtype)")
        }
        for slot in optimizer.slots {
          let state = try #require(store[OptimizerStep.variableName(of: slot)])
          expectClose(
            state,
            try example.expected("state.\(name).\(slot.name)", dtype)
              .reshaped(to: flat.shape), nil, "\(example.name) \(name) \(slot.name) \(dtype)")
        }
      }
    }
  }

  private func makeOptimizer(_ example: FixtureExample) throws -> any ElementwiseOptimizer {
    let (name, options) = try #require(example.config.named)
    func number(_ key: String, _ initial: Double) -> Double { options[key]?.number ?? initial }
    func flag(_ key: String) -> Bool { options[key]?.boolean ?? false }
    let betas = options["betas"]?.numbers ?? [0.9, 0.999]
    switch name {
    case "sgd":
      return SGD(
        learningRate: number("lr", 0), momentum: number("momentum", 0),
        dampening: number("dampening", 0), weightDecay: number("weight_decay", 0),
        nesterov: flag("nesterov"), maximize: flag("maximize"))
    case "adam":
      return Adam(
        learningRate: number("lr", 1e-3), betas: (betas[0], betas[1]),
        epsilon: number("eps", 1e-8), weightDecay: number("weight_decay", 0),
        amsgrad: flag("amsgrad"), maximize: flag("maximize"))
    case "adamw":
      return AdamW(
        learningRate: number("lr", 1e-3), betas: (betas[0], betas[1]),
        epsilon: number("eps", 1e-8), weightDecay: number("weight_decay", 1e-2),
        amsgrad: flag("amsgrad"), maximize: flag("maximize"))
    case "rmsprop":
      return RMSprop(
        learningRate: number("lr", 1e-2), alpha: number("alpha", 0.99),
        epsilon: number("eps", 1e-8), weightDecay: number("weight_decay", 0),
        momentum: number("momentum", 0), centered: flag("centered"), maximize: flag("maximize"))
    case "adagrad":
      return Adagrad(
        learningRate: number("lr", 1e-2), learningRateDecay: number("lr_decay", 0),
        weightDecay: number("weight_decay", 0),
        initialAccumulatorValue: number("initial_accumulator_value", 0),
        epsilon: number("eps", 1e-10), maximize: flag("maximize"))
    default: throw NNError.invalid("no optimizer called \(name)")
    }
  }
}
