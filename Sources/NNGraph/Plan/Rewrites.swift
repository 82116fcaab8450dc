import NNCore

/// A node that rewriting rules are applied to.
struct RewriteSite {
  let op: any KernelOp
  /// The inputs, in the new graph.
  let inputs: [Value]
  /// The types of the outputs.
  let outputs: [TensorType]
  /// Which inputs are constant across runs, so that computing with only these costs nothing per
  /// run.
  let isInvariant: [Bool]
  let graph: Graph

  /// The op that computes an input, if it is of the given type.
  func producer<Producer: Op>(_ input: Int, _ type: Producer.Type) -> Producer? {
    graph.nodes[inputs[input].id.node].op as? Producer
  }

  /// The first input of the op that computes an input.
  func source(_ input: Int) -> Value { graph.inputs(of: inputs[input])[0] }

  /// Whether a value is a variable, or a view of one: the memory of such a value changes when the
  /// variable is updated.
  func isVariable(_ value: Value) -> Bool {
    graph.nodes[graph.source(of: value.id).node].op is Variable
  }

  /// Whether an input is a constant scalar with this value.
  func isConstant(_ input: Int, _ number: Double) -> Bool {
    guard let constant = producer(input, Constant.self), constant.tensor.elementCount == 1 else {
      return false
    }
    return constant.tensor.doubles[0] == number
  }
}

extension Graph {
  /// The inputs of the node that computes a value.
  fileprivate func inputs(of value: Value) -> [Value] {
    nodes[value.id.node].inputs.map { Value(graph: self, id: $0) }
  }
}

/// A rule that replaces a node by an equivalent, cheaper computation.
///
/// Graphs are rewritten after differentiation, so ops that rules add need no gradient.
struct Rewrite: Sendable {
  let name: String
  private let rule: @Sendable (RewriteSite) -> [Value]?

  /// The replacement by the first rule that applies; nil if none does.
  static func apply(to site: RewriteSite) -> [Value]? {
    for rewrite in table {
      if let values = rewrite.rule(site) { return values }
    }
    return nil
  }

  /// All rules, in the order in which they are tried.
  static let table: [Rewrite] = [
    // A graph that is planned has been differentiated.
    Rewrite("value of a custom gradient", CustomGradient.self) { _, site in site.inputs[0] },
    // Identities.
    Rewrite("x · 1 = x", Multiply.self) { _, site in
      neutral(1, either: true, in: site)
    },
    Rewrite("x + 0 = x", Add.self) { _, site in neutral(0, either: true, in: site) },
    Rewrite("x / 1 = x", Divide.self) { _, site in neutral(1, either: false, in: site) },
    Rewrite("−(−x) = x", Negate.self) { _, site in
      guard site.producer(0, Negate.self) != nil else { return nil }
      return site.isVariable(site.source(0)) ? nil : site.source(0)
    },
    Rewrite("reshape to the same shape", Reshape.self) { _, site in unchanged(site) },
    Rewrite("reshape of a reshape", Reshape.self) { op, site in
      site.producer(0, Reshape.self).map { _ in site.source(0).reshaped(to: op.shape) }
    },
    Rewrite("broadcast to the same shape", BroadcastTo.self) { _, site in unchanged(site) },
    Rewrite("broadcast of a broadcast", BroadcastTo.self) { op, site in
      site.producer(0, BroadcastTo.self).map { _ in site.source(0).broadcast(to: op.shape) }
    },
    Rewrite("permutation of a permutation", Permute.self) { op, site in
      site.producer(0, Permute.self).map { first in
        site.source(0).permuted(op.order.map { first.order[$0] })
      }
    },
    Rewrite("permutation of axes of extent 1", Permute.self) { op, site in
      let moved = op.order.filter { site.inputs[0].shape[$0] != 1 }
      return moved == moved.sorted() ? site.inputs[0].reshaped(to: site.outputs[0].shape) : nil
    },
    Rewrite("sum over axes of extent 1", Reduce.self) { op, site in
      guard op.kind == .sum,
        site.inputs[0].shape.elementCount == site.outputs[0].shape.elementCount
      else { return nil }
      return site.inputs[0].reshaped(to: site.outputs[0].shape)
    },
    Rewrite("sign or factor moved out of a sum", Reduce.self) { op, site in
      op.kind == .sum ? factoredSum(site.inputs[0], op) : nil
    },
    Rewrite("gradient of relu at the pooled elements", ReLUGradient.self) { _, site in
      pooledReLUGradient(site)
    },
    Rewrite("constant folding") { site in folded(site).map { [$0] } },
    // Faster ops for the sizes at hand.
    Rewrite("matrix product with packed weights", MatMul.self) { op, site in
      op.packed(site.inputs, isInvariant: site.isInvariant)
    },
    Rewrite("matrix product with a transposed copy", MatMul.self) { op, site in
      op.withTransposedCopy(site.inputs)
    },
    Rewrite("Winograd convolution", Conv2D.self) { op, site in op.winograd(site.inputs) },
    Rewrite("Winograd input gradient", Conv2DInputGradient.self) { op, site in
      op.winograd(site.inputs)
    },
    Rewrite("Winograd weight gradient", Conv2DWeightGradient.self) { op, site in
      op.winograd(site.inputs)
    },
    Rewrite("recurrent network with packed weights", outputsOf: Recurrent.self) { op, site in
      op.packed(site.inputs, isInvariant: site.isInvariant)
    },
  ]

  // MARK: - Kinds of rules

  private init(_ name: String, rule: @escaping @Sendable (RewriteSite) -> [Value]?) {
    self.name = name
    self.rule = rule
  }

  private init<Rewritten: Op>(
    _ name: String, outputsOf type: Rewritten.Type,
    rule: @escaping @Sendable (Rewritten, RewriteSite) -> [Value]?
  ) {
    self.init(name) { site in (site.op as? Rewritten).flatMap { rule($0, site) } }
  }

  private init<Rewritten: Op>(
    _ name: String, _ type: Rewritten.Type,
    rule: @escaping @Sendable (Rewritten, RewriteSite) -> Value?
  ) {
    self.init(name, outputsOf: type) { op, site in rule(op, site).map { [$0] } }
  }

  // MARK: - Rules

  /// The other operand where one is the neutral element and nothing is broadcast.
  private static func neutral(_ number: Double, either: Bool, in site: RewriteSite) -> Value? {
    for (input, other) in either ? [(0, 1), (1, 0)] : [(0, 1)]
    where site.isConstant(other, number) && site.inputs[input].type == site.outputs[0] {
      // A fetched w · 1 is the w before an update of w.
      return site.isVariable(site.inputs[input]) ? nil : site.inputs[input]
    }
    return nil
  }

  private static func unchanged(_ site: RewriteSite) -> Value? {
    site.inputs[0].type == site.outputs[0] ? site.inputs[0] : nil
  }

  /// A sum with the sign, or a factor that all terms share, moved out of it: the remaining sum is
  /// often needed anyway.
  private static func factoredSum(_ value: Value, _ reduce: Reduce) -> Value? {
    let inputs = value.graph.inputs(of: value)
    switch value.graph.nodes[value.id.node].op {
    case is Negate:
      return -(factoredSum(inputs[0], reduce) ?? reduce.apply(inputs[0]))
    case is Multiply:
      for (factor, other) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])]
      where other.shape == value.shape {
        let missing = value.shape.rank - factor.shape.rank
        let isSame = reduce.axes.allSatisfy { $0 < missing || factor.shape[$0 - missing] == 1 }
        guard isSame, factor.shape != value.shape else { continue }
        let kept = Reduce(kind: .sum, axes: reduce.axes, keepsDimensions: true)
        let product = (factoredSum(other, kept) ?? kept.apply(other)) * factor
        return product.reshaped(to: reduce.apply(value).shape)
      }
      return nil
    default: return nil
    }
  }

  /// The gradient of relu before max pooling, computed from the pooled elements: relu's output where
  /// a cotangent is scattered to is the pooled element that it comes from. So the whole output need
  /// not be kept until the backward pass.
  private static func pooledReLUGradient(_ site: RewriteSite) -> Value? {
    guard let scatter = site.producer(0, MaxPool2DGradient.self) else { return nil }
    let graph = site.graph
    let parts = graph.inputs(of: site.inputs[0])
    let pooling = Value(graph: graph, id: ValueID(node: parts[1].id.node, output: 0))
    guard parts[1].id.output == 1, graph.nodes[pooling.id.node].op is MaxPool2D,
      graph.inputs(of: pooling)[0] == site.inputs[1]
    else { return nil }
    return parts[0].reluGradient(output: pooling)
      .maxPool2DGradient(parts[1], inputSize: scatter.inputSize)
  }

  /// The maximum size of a folded constant in bytes; larger ones are computed at run time.
  private static let largestFolded = 65536

  /// The value of an op whose inputs are all constants.
  private static func folded(_ site: RewriteSite) -> Value? {
    guard site.outputs.count == 1, !site.inputs.isEmpty, site.op.asStridedView == nil,
      site.outputs[0].byteCount <= largestFolded
    else { return nil }
    let tensors = site.inputs.indices.compactMap { site.producer($0, Constant.self)?.tensor }
    guard tensors.count == site.inputs.count else { return nil }
    return site.graph.constant(site.op.evaluate(tensors, outputs: site.outputs)[0])
  }
}
