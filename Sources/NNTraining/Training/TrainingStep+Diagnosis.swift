import NNCore
import NNData
import NNGraph
import NNLayers

/// Finds the origin of numbers that are not finite.
extension TrainingStep {
  /// The first parameter that contains NaN, or infinity unless it did when loaded.
  func firstParameterNotFinite() throws(NNError) -> String? {
    try weights().first { name, tensor in
      infiniteFromStart.contains(name) ? tensor.hasNaN : !tensor.isFinite
    }?.name
  }

  /// The first layer whose output is not finite for this batch with the current weights, and the
  /// first such step of a sequence; nil if every output is finite.
  func firstLayerNotFinite(
    _ batch: Ports<HostTensor>, step: Int
  ) throws(NNError) -> String? {
    let graph = Graph()
    let input = graph.inputs(batch.types).joiningPerturbed()
    let random = graph.input("random", TensorType([2], .int64))
    let built = model.build(
      in: graph, input: input, layout: layout, mode: .training, randomState: random)
    let outputs = built.layerOutputs.enumerated().map { index, layer in
      (name: "\(index)", value: layer.value)
    }
    // The same algorithms as in a step, but every layer's output has its own memory.
    let plan = try Plan(
      graph, fetches: outputs, options: .init(fuses: false, reusesMemory: false))
    let function = try Function(plan, variables: variables)
    try function.write(batch)
    try writeRandomState(function, step: step)
    try function.run()
    for (index, layer) in built.layerOutputs.enumerated() {
      let output = try function.read("\(index)")
      guard !output.isFinite else { continue }
      guard output.shape.rank == 3 else { return layer.label }
      let steps = output.shape[1]
      let first = (0..<steps).first { !output.step($0).isFinite }
      return layer.label + (first.map { " at time step \($0 + 1) of \(steps)" } ?? "")
    }
    return nil
  }
}

extension HostTensor {
  /// The elements of one step of sequences [N, T, C], as [N·C].
  fileprivate func step(_ step: Int) -> HostTensor {
    let (steps, width) = (shape[1], shape[2])
    let numbers = doubles
    return HostTensor(
      (0..<shape[0]).flatMap { row in
        let start = (row * steps + step) * width
        return numbers[start..<start + width]
      })
  }
}
