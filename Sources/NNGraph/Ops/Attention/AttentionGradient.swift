import NNCore
import NNKernels

/// The gradients of attention with respect to its sources, laid out as the sources are.
///
/// Inputs: those of `Attention`, its outputs, and the cotangent of the first. The weights are
/// computed again from queries, keys and the sums of exponentials. A chunk is one head of one row,
/// so no two threads add to one place.
struct AttentionGradient: Op {
  static let name = "attentionGradient"
  let form: AttentionForm

  var attributes: String { form.attributes }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let size = try form.size(inputs)
    guard Array(inputs.suffix(3)) == [size.output, size.logSums, size.output] else {
      throw OpError(
        "attention's gradient takes \(size.output), \(size.logSums) and \(size.output), "
          + "gets \(inputs.suffix(3))")
    }
    return Array(inputs.prefix(form.sourceCount))
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let refusal = context.output.graph.report(
      "attention has no second derivatives", hint: "use attentionWithWeights")
    return [refusal] + [Value?](repeating: nil, count: context.inputs.count - 1)
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    let size = AttentionSize(form, inputs)
    let forward = [size.rows, size.heads, size.multiplyAdds].saturatingProduct
    return forward.multipliedSaturating(by: 5) / 2
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    AttentionSize(form, inputs).scratchByteCount(gradient: true) * workers
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let size = AttentionSize(form, context.inputs.map(\.type))
    let inputs = context.inputs
    let targets = context.outputs
    let (output, logSums, cotangent) = (
      inputs[form.inputCount], inputs[form.inputCount + 1], inputs[form.inputCount + 2]
    )
    let loops = context.loops
    let scratch = context.scratch
    let scratchBytes = size.scratchByteCount(gradient: true)
    let bytes = size.dtype.byteCount
    return .elements(size.rows * size.heads, grain: 1) { range, worker in
      for index in range {
        let (row, column) = index.quotientAndRemainder(dividingBy: size.heads)
        var head = size.head(column, row: row, inputs)
        func target(_ columns: AttentionSize.Columns, _ depth: Int) -> UnsafeMutableRawPointer {
          size.address(
            columns, in: targets[columns.source], row: row, head: column, depth: depth)
        }
        let start = (row * size.queries * size.valueWidth + column * size.valueDepth) * bytes
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
