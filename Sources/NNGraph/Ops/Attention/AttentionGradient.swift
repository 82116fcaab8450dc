import NNCore
import NNKernels

/// The gradients of attention with respect to its sources, in the layout of the sources.
///
/// Inputs: those of `Attention`, its outputs, and the cotangent of the first. The weights are
/// recomputed from queries, keys and the log-sum-exp. A chunk is one head of one example, so no two
/// threads add to one element.
struct AttentionGradient: KernelOp {
  static let name = "attentionGradient"
  let configuration: AttentionConfiguration

  var attributes: Attributes { configuration.attributes }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let size = try configuration.size(inputs)
    guard Array(inputs.suffix(3)) == [size.output, size.logSums, size.output] else {
      throw OpError(
        "attention's gradient takes \(size.output), \(size.logSums) and \(size.output), "
          + "gets \(inputs.suffix(3))")
    }
    return Array(inputs.prefix(configuration.sourceCount))
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    context.undefined(
      "attention has no second derivatives", hint: "use attentionWithWeights")
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    let size = AttentionSize(configuration, inputs)
    let forward = [size.batch, size.heads, size.multiplyAdds].saturatingProduct
    return forward.multipliedSaturating(by: 5) / 2
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    AttentionSize(configuration, inputs).scratchByteCount(gradient: true) * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let size = AttentionSize(configuration, context.inputs.map(\.type))
    let inputs = context.inputs
    let targets = context.outputs
    let (output, logSums, cotangent) = (
      inputs[configuration.inputCount], inputs[configuration.inputCount + 1],
      inputs[configuration.inputCount + 2]
    )
    let loops = context.loops
    let scratch = context.scratch
    let scratchBytes = size.scratchByteCount(gradient: true)
    let bytes = size.dtype.byteCount
    return .elements(size.batch * size.heads, grain: 1) { range, worker in
      for index in range {
        let (example, column) = index.quotientAndRemainder(dividingBy: size.heads)
        var head = size.head(column, example: example, inputs)
        func target(_ columns: AttentionSize.Columns, _ depth: Int) -> UnsafeMutableRawPointer {
          size.address(
            columns, in: targets[columns.source], example: example, head: column, depth: depth)
        }
        let start = (example * size.queries * size.valueWidth + column * size.valueDepth) * bytes
        var gradient = nn_attention_gradient(
          queries: size.queries, all_keys: size.keys, output: output.address + start,
          cotangent: cotangent.address + start,
          log_sums: logSums.address + index * size.queries * bytes,
          output_stride: size.valueWidth, query: target(size.query, size.depth),
          key: target(size.key, size.depth), value: target(size.value, size.valueDepth))
        loops.pointee.attention_gradient(&head, &gradient, scratch + worker * scratchBytes)
      }
    }
  }
}

extension AttentionConfiguration {
  /// The gradients with respect to the sources, from the inputs and outputs of attention and the
  /// cotangent of the first output.
  package func gradients(_ inputs: [Value]) -> [Value] {
    inputs[0].graph.add(AttentionGradient(configuration: self), inputs)
  }
}
