import NNCore
public import NNGraph

/// Attention to the scope's memory by products: score = q·k, or q·W·k with a learnt W.
///
/// Input [N, T, C], memory [N, S, M]; with `isGeneral` the parameter query.weight [M, C], else C = M
/// and none; output [N, T, M + C], the memory's mean beside the input.
///
/// Source: Luong, Pham, Manning, "Effective approaches to attention-based neural machine
/// translation", 2015 ("dot" and "general").
public struct DotAttention: MemoryAttention {
  /// Whether a matrix stands between step and memory.
  public let isGeneral: Bool

  /// Creates the layer.
  public init(isGeneral: Bool = false) { self.isGeneral = isGeneral }

  /// `DotAttention`
  public var description: String { "DotAttention" + (isGeneral ? " general" : "") }

  /// The mean of the memory and the weights.
  public func attend(
    _ input: Value, to memory: Memory, in scope: Scope, wantsWeights: Bool
  ) -> (context: Value, weights: Value?) {
    let values = memory.values
    let width = values.shape[2]
    guard isGeneral || input.shape[2] == width else {
      return (
        scope.reject(
          input, expected: "\(width) features, as many as the memory has",
          mend: "make the attention general"), nil
      )
    }
    let queries =
      isGeneral ? scope.apply(Dense(width, bias: false), to: input, named: "query") : input
    guard !queries.isPoisoned else { return (queries, nil) }
    let inputs = AttentionInputs.separate(queries: queries, keys: values, values: values)
    let rules = AttentionRules(scale: 1, lengths: memory.lengths)
    guard wantsWeights else {
      return (scope.graph.attention(inputs, heads: 1, rules: rules), nil)
    }
    let (context, weights) = scope.graph.attentionWithWeights(inputs, heads: 1, rules: rules)
    guard !context.isPoisoned else { return (context, nil) }
    return (context, weights.reshaped(to: [input.shape[0], input.shape[1], values.shape[1]]))
  }
}
