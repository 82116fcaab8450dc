import NNCore
import NNKernels

/// softmax(scale · Q Kᵀ + mask) V for each head, which takes equal shares of the columns.
///
/// Outputs: [N, T, D] and, for the gradient, ln Σ exp of each query's scores, [N, heads, T].
///
/// Source: Vaswani et al., "Attention is all you need", 2017; that the scores need not be in memory:
/// Dao et al., "FlashAttention", 2022.
struct Attention: Op {
  static let name = "attention"
  let form: AttentionForm

  var attributes: String { form.attributes }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let size = try form.size(inputs)
    return [size.output, size.logSums]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let graph = context.output.graph
    let sources = form.sourceCount
    var gradients = [Value?](repeating: nil, count: form.inputCount)
    if form.hasMask, context.isNeeded(form.maskIndex) {
      gradients[form.maskIndex] = graph.report(
        "attention has no gradient with respect to its mask",
        hint: "detach the mask, or use attentionWithWeights")
    }
    guard context.cotangents[1] == nil else {
      let refusal = graph.report("attention's sums of exponentials have no gradient")
      return [refusal] + gradients.dropFirst()
    }
    let outputs = graph.add(
      AttentionGradient(form: form), context.inputs + context.outputs + [context.cotangent])
    gradients.replaceSubrange(0..<sources, with: outputs[0..<sources].map(Optional.some))
    return gradients
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    let size = AttentionSize(form, inputs)
    return [size.rows, size.heads, size.multiplyAdds].saturatingProduct
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    AttentionSize(form, inputs).scratchByteCount(gradient: false) * workers
  }

  /// A chunk is some heads of some rows, or a part of one head's queries where there are few.
  func prepare(_ context: KernelContext) -> Kernel {
    let size = AttentionSize(form, context.inputs.map(\.type))
    let inputs = context.inputs
    let output = context.outputs[0].address
    let logSums = context.isRead(1) ? context.outputs[1].address : nil
    let loops = context.loops
    let scratch = context.scratch
    let scratchBytes = size.scratchByteCount(gradient: false)
    let bytes = size.dtype.byteCount
    let heads = size.rows * size.heads
    let parts = Self.parts(heads: heads, queries: size.queries)
    let extent = ((size.queries + parts - 1) / parts).roundedUp(toMultipleOf: 16)
    let work = max(1, size.multiplyAdds / parts)
    return .elements(heads * parts, grain: max(1, Self.chunkWork / work)) { range, worker in
      for index in range {
        let (matrix, part) = index.quotientAndRemainder(dividingBy: parts)
        let (row, column) = matrix.quotientAndRemainder(dividingBy: size.heads)
        let queries = part * extent..<min(size.queries, (part + 1) * extent)
        guard !queries.isEmpty else { continue }
        var head = size.head(column, row: row, inputs)
        let start = row * size.queries * size.valueWidth + column * size.valueDepth
        loops.pointee.attention(
          &head, output + start * bytes, size.valueWidth,
          logSums.map { $0 + (row * size.heads + column) * size.queries * bytes },
          queries.lowerBound, queries.upperBound, scratch + worker * scratchBytes)
      }
    }
  }

  /// Multiplications worth the handing-over of a chunk to another thread.
  private static let chunkWork = 1 << 17

  /// Parts of each head's queries, so that there are chunks for several threads.
  private static func parts(heads: Int, queries: Int) -> Int {
    max(1, min(MatrixSplit.chunkLimit / max(1, heads), queries / 64))
  }
}
