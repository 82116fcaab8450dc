public import NNCore
public import NNData
import NNGraph
import NNLayers
public import NNLosses

extension TrainedModel {
  /// The loss of each example, as if it were alone in its batch: the weighted sum of losses, without
  /// the weights of examples.
  ///
  /// - Parameters:
  ///   - dataset: Data like those that the network was trained on.
  ///   - losses: The losses; nil (default) for those of the run.
  /// - Returns: One number for each example, in the data's order; 0 where no target counts.
  /// - Throws: `NNError` if the data are incompatible with the network or the losses, for a loss that
  ///   is one number for all examples, and for a model without a config if no losses are given.
  public func exampleLosses(
    on dataset: Dataset, losses: [LossTerm]? = nil
  ) throws(NNError) -> [Double] {
    let terms = if let losses { losses } else { try recordedLosses() }
    let objective = Objective(terms)
    let data = try prepared(dataset, for: objective)
    let variables = try variables()
    try Evaluator(
      model: model, layout: layout, objective: objective, variables: variables,
      signature: signature, targets: data.targetSignature(layout.dtype)
    ).check(data)
    // A plan of its own keeps the order of the examples, whatever their lengths.
    let loader = try BatchLoader(
      dataset: data,
      plan: BatchPlan(
        exampleCount: data.count, batchSize: min(Evaluator.batchSize, data.count)),
      dtype: layout.dtype, normalization: normalization, prefetch: false)
    var known: (types: BatchTypes, function: Function)?
    var losses: [Double] = []
    while let batch = try loader.next() {
      let types = BatchTypes(batch)
      let function: Function
      if let known, known.types == types {
        function = known.function
      } else {
        function = try lossFunction(types, objective, variables, hasTargets: data.hasTargets)
      }
      known = (types, function)
      try function.write(batch)
      try function.run()
      losses += try function.read("losses").doubles
    }
    return losses
  }

  private func lossFunction(
    _ types: BatchTypes, _ objective: Objective, _ variables: VariableStore, hasTargets: Bool
  ) throws(NNError) -> Function {
    let graph = Graph()
    let batch = BatchValues(graph, types)
    let built = model.build(in: graph, input: batch.input, layout: layout, mode: .evaluation)
    try graph.validate()
    let losses = objective.ofExamples(
      .init(
        batch: batch, outputs: built.outputs, samples: SampleBatches(signature, types),
        hasTargets: hasTargets))
    try graph.validate()
    return try Function(graph, outputs: ["losses": losses], variables: variables)
  }
}
