import NNCore
import NNData
import NNLayers
import NNLosses
import NNOptimizers
import NNTestSupport
import NNTraining
import Testing

@Suite struct StepTraceTests {
  private static let network = Model {
    Dense(9)
    BatchNorm1D()
    Tanh()
    Dropout(0.25)
    Dense(5)
    ReLU()
    Dense(2)
  }

  private static func trainer(
    _ dtype: DType, optimizer: any Optimizer = Adam(learningRate: 0.05), accumulate: Int = 1
  ) throws -> Trainer {
    try Trainer(
      model: network, loss: CrossEntropy(), optimizer: optimizer,
      data: DataGenerator(.moons, samples: 40, noise: 0.2).make(), batchSize: 8, seed: 5,
      settings: TrainingSettings(
        dtype: dtype, normalization: .standard, clipping: [.norm(maximum: 1)],
        accumulate: accumulate))
  }

  /// Tracing changes no bit of the weights.
  @Test(arguments: [DType.float32, .float64]) func tracingChangesNothing(dtype: DType) throws {
    let (plain, traced) = (try Self.trainer(dtype), try Self.trainer(dtype))
    for step in 0..<12 {
      guard let expected = try plain.step() else {
        try plain.epoch()
        try traced.epoch()
        continue
      }
      // Every other step, so that both kinds of steps continue from each other.
      let found =
        step.isMultiple(of: 2) ? try traced.tracedStep()?.event : try traced.step()
      #expect(found?.loss == expected.loss)
    }
    for (plain, traced) in zip(try plain.weights(), try traced.weights()) {
      #expect(plain.name == traced.name)
      #expect(plain.tensor.doubles == traced.tensor.doubles, "\(plain.name)")
    }
  }

  /// The parts of a trace fit together: outputs feed the next layer, gradients have their shapes.
  @Test func traceHoldsEveryLayer() throws {
    let trainer = try Self.trainer(.float64)
    let before = try trainer.weights().map(\.tensor.doubles)
    let (event, trace) = try #require(try trainer.tracedStep())
    let after = try trainer.weights()
    #expect(trace.step == 1 && event.step == 1)
    #expect(trace.loss == event.loss)
    #expect(trace.layers.map(\.path) == ["0", "1", "2", "3", "4", "5", "6", ""])
    for layer in trace.layers {
      #expect(layer.output.shape[0] == 8)
      #expect(layer.gradient?.shape == layer.output.shape)
      #expect((layer.derivative != nil) == (layer.layer is any ElementwiseLayer))
    }
    // The network's output is that of its last layer, and softmax of it the probabilities.
    #expect(trace.layers[6].output.doubles == trace.layers[7].output.doubles)
    let sums = try #require(trace.probabilities).doubles
    for row in 0..<8 { #expect(abs(sums[2 * row] + sums[2 * row + 1] - 1) <= 1e-15) }
    // relu: the gradient passes where the output is positive.
    let relu = trace.layers[5]
    #expect(relu.derivative?.doubles == relu.output.doubles.map { $0 > 0 ? 1 : 0 })
    #expect(
      trace.parameters.map(\.name)
        == after.map(\.name).filter { $0.hasSuffix("weight") || $0.hasSuffix("bias") })
    for parameter in trace.parameters {
      let position = try #require(after.firstIndex { $0.name == parameter.name })
      #expect(parameter.before.doubles == before[position])
      #expect(parameter.after.doubles == after[position].tensor.doubles)
      let update = try #require(parameter.update)
      #expect(update.gradient.shape == parameter.before.shape)
      #expect(update.states.map(\.name) == ["exp_avg", "exp_avg_sq"])
      #expect(update.learningRate == 0.05)
      // After the first step the mean is a tenth of the gradient that the optimizer received.
      for (mean, gradient) in zip(update.states[0].tensor.doubles, update.applied.doubles) {
        #expect(abs(mean - 0.1 * gradient) <= 1e-16)
      }
    }
    let norm = trace.parameters.compactMap(\.update).flatMap(\.gradient.doubles)
      .reduce(0) { $0 + $1 * $1 }.squareRoot()
    let applied = trace.parameters.compactMap(\.update).flatMap(\.applied.doubles)
      .reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(abs(applied - min(norm, norm / (norm + 1e-6))) <= 1e-6)
  }

  @Test func frozenParametersHaveNoUpdate() throws {
    let trainer = try Trainer(
      model: Self.network, loss: CrossEntropy(), optimizer: SGD(learningRate: 0.1),
      data: DataGenerator(.moons, samples: 16, noise: 0.2).make(), batchSize: 8,
      settings: TrainingSettings(frozen: [ParameterPattern("0.*")]))
    let (_, trace) = try #require(try trainer.tracedStep())
    for parameter in trace.parameters {
      #expect((parameter.update == nil) == parameter.name.hasPrefix("0."), "\(parameter.name)")
    }
    #expect(trace.layers[0].gradient == nil)
    #expect(trace.layers[1].gradient != nil)
  }

  @Test func stepsWithoutOnePassAreRefused() throws {
    expectError("`lbfgs`", "evaluates the loss several times") {
      _ = try Trainer(
        model: Model(Dense(2)), loss: CrossEntropy(), optimizer: LBFGS(),
        data: DataGenerator(.moons, samples: 16, noise: 0.2).make(), batchSize: 16
      ).tracedStep()
    }
    expectError("accumulate: 2") {
      _ = try Self.trainer(.float32, accumulate: 2).tracedStep()
    }
  }
}
