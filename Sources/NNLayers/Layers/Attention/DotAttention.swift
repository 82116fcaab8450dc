import NNCore
public import NNGraph

/// Dot-product attention to the scope's memory: score = q·k, or q·W·k with a learnt W.
///
/// Input [N, T, C], memory [N, S, M]; with `isGeneral` the parameter query.weight [M, C], otherwise
/// C = M and no parameter; output [N, T, M + C], the weighted mean of the memory followed by the
/// input.
///
/// Source: Luong, Pham, Manning, "Effective approaches to attention-based neural machine
/// translation", 2015 ("dot" and "general").
public struct DotAttention: MemoryAttention {
  /// Whether scores use a learnt matrix W between query and key.
  public let isGeneral: Bool

  /// Creates the layer.
  public init(isGeneral: Bool = false) { self.isGeneral = isGeneral }

  /// The name in tables and error messages: `DotAttention`.
  public var description: String { "DotAttention" + (isGeneral ? " general" : "") }

  /// Computes the weighted mean of the memory, and the weights.
  public func attend(
    _ input: Value, to memory: Memory, in scope: Scope, wantsWeights: Bool
  ) -> (context: Value, weights: Value?) {
    let values = memory.values
    let width = values.shape[2]
    guard isGeneral || input.shape[2] == width else {
      return (
        scope.reject(
          input, expected: "\(width) features, as many as the memory has",
          hint: "make the attention general"), nil
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
