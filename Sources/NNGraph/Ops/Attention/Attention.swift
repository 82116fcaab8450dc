import NNCore
import NNKernels

/// Multi-head attention softmax(scale · Q Kᵀ + mask) V; heads are equal ranges of columns.
///
/// Outputs: [N, T, D] and, for the gradient, ln Σ exp of each query's scores, [N, heads, T].
///
/// Sources: Vaswani et al., "Attention is all you need", 2017; without all scores in memory: Dao et
/// al., "FlashAttention", 2022.
struct Attention: KernelOp {
  static let name = "attention"
  let configuration: AttentionConfiguration

  var attributes: Attributes { configuration.attributes }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    let size = try configuration.size(inputs)
    return [size.output, size.logSums]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    let graph = context.output.graph
    let sources = configuration.sourceCount
    var gradients = [Value?](repeating: nil, count: configuration.inputCount)
    if configuration.hasMask, context.isNeeded(configuration.maskIndex) {
      gradients[configuration.maskIndex] = graph.report(
        "attention has no gradient with respect to its mask",
        hint: "detach the mask, or use attentionWithWeights")
    }
    guard context.cotangents[1] == nil else {
      return context.undefined("attention's log-sum-exp output has no gradient")
    }
    let outputs = configuration.gradients(
      context.inputs + context.outputs + [context.cotangent])
    gradients.replaceSubrange(0..<sources, with: outputs[0..<sources].map(Optional.some))
    return gradients
  }

  func multiplyAdds(inputs: [TensorType], outputs: [TensorType]) -> Int {
    let size = AttentionSize(configuration, inputs)
    return [size.batch, size.heads, size.multiplyAdds].saturatingProduct
  }

  func scratchByteCount(inputs: [TensorType], outputs: [TensorType], workers: Int) -> Int {
    AttentionSize(configuration, inputs).scratchByteCount(gradient: false) * workers
  }

  /// A chunk is some heads of some examples, or a part of one head's queries where there are few
  /// heads.
  func prepare(_ context: KernelContext) -> Kernel {
    let size = AttentionSize(configuration, context.inputs.map(\.type))
    let inputs = context.inputs
    let output = context.outputs[0].address
    let logSums = context.isRead(1) ? context.outputs[1].address : nil
    let loops = context.loops
    let scratch = context.scratch
    let scratchBytes = size.scratchByteCount(gradient: false)
    let bytes = size.dtype.byteCount
    let heads = size.batch * size.heads
    let parts = Self.parts(heads: heads, queries: size.queries)
    let extent = ((size.queries + parts - 1) / parts).roundedUp(toMultipleOf: 16)
    let work = max(1, size.multiplyAdds / parts)
    return .elements(heads * parts, grain: max(1, Self.chunkWork / work)) { range, worker in
      for index in range {
        let (matrix, part) = index.quotientAndRemainder(dividingBy: parts)
        let (example, column) = matrix.quotientAndRemainder(dividingBy: size.heads)
        let queries = part * extent..<min(size.queries, (part + 1) * extent)
        guard !queries.isEmpty else { continue }
        var head = size.head(column, example: example, inputs)
        let start = example * size.queries * size.valueWidth + column * size.valueDepth
        loops.pointee.attention(
          &head, output + start * bytes, size.valueWidth,
          logSums.map { $0 + (example * size.heads + column) * size.queries * bytes },
          queries.lowerBound, queries.upperBound, scratch + worker * scratchBytes)
      }
    }
  }

  /// Multiply–accumulates that justify handing a chunk to another thread.
  private static let chunkWork = 1 << 17

  /// The number of parts of each head's queries, so that several threads have chunks.
  private static func parts(heads: Int, queries: Int) -> Int {
    max(1, min(MatrixSplit.chunkLimit / max(1, heads), queries / 64))
  }
}

extension AttentionConfiguration {
  /// The outputs of attention, from its sources and, if present, lengths, position and mask.
  package func outputs(_ inputs: [Value]) -> [Value] {
    inputs[0].graph.add(Attention(configuration: self), inputs)
  }
}
