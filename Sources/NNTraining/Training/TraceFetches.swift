import NNCore
import NNData
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers

/// The values of a training step that a ``StepTrace`` holds, as outputs of its graph.
struct TraceFetches {
  private let layers: [LayerOutput]
  private let gradientNames: [String?]
  private let derivativeNames: [String?]
  private let hasProbabilities: Bool
  private let groups: [TrainedGroup]

  /// The values that a step fetches.
  let fetches: [(name: String, value: Value)]

  /// Adds what a step does not compute anyway to its graph.
  ///
  /// - Parameters:
  ///   - loss: The step's loss.
  ///   - applied: The gradient that each group's optimizer receives.
  init(
    _ built: Model.Output, loss: Value, main: any Loss, applied: [Value], groups: [TrainedGroup]
  ) {
    layers = built.layerOutputs
    self.groups = groups
    var fetches = layers.enumerated().map { (name: Self.output($0), value: $1.value) }
    // Layers before have no gradient in a step, and perhaps no derivative at all.
    let first = Self.firstTrained(of: built)
    let differentiated = layers.indices.filter { $0 >= first }
    let gradients = loss.graph.gradients(
      of: loss, withRespectTo: differentiated.map { built.layerOutputs[$0].value })
    var gradientNames = [String?](repeating: nil, count: layers.count)
    var derivativeNames = gradientNames
    for (index, gradient) in zip(differentiated, gradients) {
      gradientNames[index] = "trace/gradient/\(index)"
      fetches.append(("trace/gradient/\(index)", gradient))
      guard let derivative = Self.derivative(of: layers[index]) else { continue }
      derivativeNames[index] = "trace/derivative/\(index)"
      fetches.append(("trace/derivative/\(index)", derivative))
    }
    self.gradientNames = gradientNames
    self.derivativeNames = derivativeNames
    fetches += zip(groups, applied).map { (Self.applied($0), $1) }
    let probabilities = Self.probabilities(of: built.value, main.output)
    hasProbabilities = probabilities != nil
    if let probabilities { fetches.append(("trace/probabilities", probabilities)) }
    self.fetches = fetches
  }

  private static func output(_ index: Int) -> String { "trace/output/\(index)" }

  private static func applied(_ group: TrainedGroup) -> String {
    group.group.identity.named("trace/applied")
  }

  /// The position of the first layer with a trained parameter.
  private static func firstTrained(of built: Model.Output) -> Int {
    let trained = built.layout.entries.filter(\.isTrained).map {
      $0.name.split(separator: ".").dropLast().joined(separator: ".")
    }
    return built.layerOutputs.firstIndex { trained.contains($0.path) } ?? 0
  }

  /// The derivative of each output of an element-wise layer with respect to its input.
  private static func derivative(of output: LayerOutput) -> Value? {
    guard output.layer.unnamed is any ElementwiseLayer, let input = output.inputs.first else {
      return nil
    }
    let graph = output.value.graph
    let one = graph.constant(1, dtype: output.value.dtype).broadcast(to: output.value.shape)
    return graph.gradients(of: output.value, withRespectTo: [input], cotangent: one)[0]
  }

  private static func probabilities(of output: Value, _ kind: OutputKind) -> Value? {
    switch kind {
    case .classLogits where output.shape.rank == 2: output.logSoftmax(axis: 1).exp()
    case .binaryLogits: output.sigmoid()
    case .classLogits, .classLogProbabilities, .numbers, .binaryProbabilities: nil
    }
  }

  /// Reads the numbers of the step that has just run.
  ///
  /// - Parameters:
  ///   - before: The parameters before the step.
  ///   - rate: Returns the learning rate of the step for an optimizer's own learning rate.
  func trace(
    _ session: Session, _ batch: Batch, step: Int, loss: Double, objective: Objective,
    before: [(name: String, tensor: HostTensor)], layout: ParameterLayout,
    variables: VariableStore, rate: (_ base: Double) -> Double
  ) throws(NNError) -> StepTrace {
    let updates = updates(session, layout, variables, rate: rate)
    let after = try layout.tensors(in: variables)
    let parameters = zip(before, after).filter { layout[$0.0.name]?.isParameter ?? false }
    return StepTrace(
      step: step, inputs: batch.input, targets: batch.namedTargets, weights: batch.weights,
      losses: objective.terms, loss: loss,
      probabilities: hasProbabilities ? session.read("trace/probabilities") : nil,
      layers: layers.enumerated().map { index, layer in
        StepTrace.LayerValues(
          path: layer.path, layer: layer.layer.unnamed, output: session.read(Self.output(index)),
          gradient: gradientNames[index].map(session.read),
          derivative: derivativeNames[index].map(session.read))
      },
      parameters: parameters.map { before, after in
        .init(
          name: before.name, before: before.tensor, after: after.tensor,
          update: updates[before.name])
      })
  }

  /// The updates of the trained parameters by name.
  private func updates(
    _ session: Session, _ layout: ParameterLayout, _ variables: VariableStore,
    rate: (_ base: Double) -> Double
  ) -> [String: StepTrace.Update] {
    var updates: [String: StepTrace.Update] = [:]
    for group in groups {
      let identity = group.group.identity
      let gradients = layout.parts(of: session.read(group.gradientName), group: identity)
      let applied = layout.parts(of: session.read(Self.applied(group)), group: identity)
      let states = group.state.compactMap { state -> (name: String, parts: [HostTensor])? in
        guard let flat = variables[state.variable], flat.shape == [group.group.count] else {
          return nil
        }
        return (state.state.name, layout.parts(of: flat, group: identity).map(\.tensor))
      }
      for (index, gradient) in gradients.enumerated() {
        updates[gradient.name] = StepTrace.Update(
          gradient: gradient.tensor, applied: applied[index].tensor, optimizer: group.optimizer,
          learningRate: rate(group.optimizer.learningRate),
          states: states.map { ($0.name, $0.parts[index]) })
      }
    }
    return updates
  }
}
