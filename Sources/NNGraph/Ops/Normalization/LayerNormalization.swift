import NNCore
import NNKernels

/// (x − mean)/√(variance + ε)·weight + bias of each row; a row is the last axes together.
///
/// Inputs: x and, if present, weight and bias with the shape of the last axes. Outputs: the result
/// and, for the gradient, each row's mean and 1/√(variance + ε).
///
/// Source: Ba, Kiros, Hinton, "Layer normalization", 2016.
struct LayerNormalization: KernelOp {
  static let name = "layerNorm"
  let configuration: LayerNormConfiguration

  var attributes: Attributes { configuration.attributes }
  var supportsEpilogue: Bool { true }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let statistics = try configuration.statistics(inputs)
    return [inputs[0], statistics, statistics]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    guard context.cotangents[1] == nil, context.cotangents[2] == nil else {
      return context.undefined("the mean and scale of a layer norm have no gradient")
    }
    return configuration.gradients(
      context.inputs + context.outputs.dropFirst() + [context.cotangent]
    ).map(Optional.some)
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let inputs = context.inputs
    let length = configuration.length(inputs[0].type.shape)
    let (output, mean, scale) = (
      context.outputs[0].address, context.outputs[1].address, context.outputs[2].address
    )
    let norm = configuration.norm(inputs)
    let loops = context.loops
    let epilogue = context.epilogue
    return .elements(
      context.outputs[1].type.shape.elementCount, grain: max(1, Self.chunkElements / length)
    ) { rows, worker in
      withUnsafePointer(to: norm) {
        loops.pointee.layer_norm($0, output, mean, scale, rows.lowerBound, rows.upperBound)
      }
      epilogue?(rows.lowerBound * length..<rows.upperBound * length, worker: worker)
    }
  }

  /// The number of elements that justifies handing a chunk to another thread.
  private static let chunkElements = 1 << 13
}

/// The gradients of a layer norm with respect to its inputs.
///
/// Inputs: those of `LayerNormalization`, its mean and scale, and the cotangent of its result. A
/// chunk is a range of rows, and sums the gradients of weight and bias over them.
struct LayerNormGradient: KernelOp {
  static let name = "layerNormGradient"
  let configuration: LayerNormConfiguration

  var attributes: Attributes { configuration.attributes }
  var supportsEpilogue: Bool { true }

  /// The number of rows of a chunk.
  private static let chunkRows = 64

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let statistics = try configuration.statistics(inputs)
    guard Array(inputs.suffix(3)) == [statistics, statistics, inputs[0]] else {
      throw OpError(
        "a layer norm's gradient takes \(statistics) twice and \(inputs[0]), gets "
          + "\(inputs.suffix(3))")
    }
    return Array(inputs.prefix(configuration.inputCount))
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    context.undefined(
      "a layer norm has no second derivatives",
      hint: "compute it with mean(axes:) and square(), which have them")
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    sums(inputs[0]).scratchByteCount(workers: workers) * (configuration.inputCount - 1)
  }

  /// The chunks' sums of one parameter's gradient.
  private func sums(_ input: TensorType) -> PartialSums {
    let length = configuration.length(input.shape)
    let rows = input.shape.elementCount / length
    return PartialSums(
      parts: (rows + Self.chunkRows - 1) / Self.chunkRows, count: length, dtype: input.dtype)
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let inputs = context.inputs
    let length = configuration.length(inputs[0].type.shape)
    let rows = inputs[0].type.shape.elementCount / length
    let norm = configuration.norm(inputs)
    let given = configuration.inputCount
    let bytes = inputs[0].type.dtype.byteCount
    let partial = sums(inputs[0].type)
    let area = partial.scratchByteCount(workers: context.workers)
    let bound = nn_layer_norm_gradient(
      cotangent: inputs[given + 2].address, mean: inputs[given].address,
      scale: inputs[given + 1].address, input: context.outputs[0].address, weight: nil, bias: nil)
    let scratch = context.scratch
    let loops = context.loops
    let epilogue = context.epilogue
    let partialResults = Kernel.parallel(partial.parts) { chunk, worker in
      let part = chunk * Self.chunkRows..<min(rows, (chunk + 1) * Self.chunkRows)
      var gradient = bound
      if given > 1 { gradient.weight = scratch + chunk * length * bytes }
      if given > 2 { gradient.bias = scratch + area + chunk * length * bytes }
      withUnsafePointer(to: norm) {
        loops.pointee.layer_norm_gradient($0, &gradient, part.lowerBound, part.upperBound)
      }
      epilogue?(part.lowerBound * length..<part.upperBound * length, worker: worker)
    }
    return context.outputs.indices.dropFirst().reduce(partialResults) { kernel, index in
      let output = context.outputs[index]
      return kernel.then(
        partial.kernel(
          into: output.address,
          KernelContext(
            inputs: [], outputs: [output], scratch: scratch + (index - 1) * area,
            workers: context.workers, epilogue: nil)))
    }
  }
}

extension LayerNormConfiguration {
  /// The result and each row's mean and scale, from x and, if present, weight and bias.
  package func outputs(_ inputs: [Value]) -> [Value] {
    inputs[0].graph.add(LayerNormalization(configuration: self), inputs)
  }

  /// The gradients with respect to the inputs, from the inputs, each row's mean and scale, and the
  /// cotangent of the result.
  package func gradients(_ inputs: [Value]) -> [Value] {
    inputs[0].graph.add(LayerNormGradient(configuration: self), inputs)
  }
}
