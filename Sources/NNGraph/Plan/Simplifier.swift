import NNCore

/// Rebuilds the live part of a graph: dead nodes go, constants are folded, identities removed,
/// views of views merged, ops replaced by faster ones. Equal computations meet because the new graph
/// shares them.
struct Simplifier {
  let graph = Graph()
  private(set) var mapping: [ValueID: Value] = [:]

  /// Constants above this size are left to be computed, rather than kept in memory.
  private static let largestFolded = 65536

  /// - Parameters:
  ///   - changing: The variables that the plan updates.
  ///   - rewrites: false keeps every live node as it is.
  init(_ source: Graph, roots: [ValueID], changing: Set<String> = [], rewrites: Bool) {
    let lasting = rewrites ? source.lastingNodes(changing: changing) : []
    var live = Set<Int>()
    var pending = roots.map(\.node)
    while let node = pending.popLast() {
      if live.insert(node).inserted { pending += source.nodes[node].inputs.map(\.node) }
    }
    for index in live.sorted() {
      let node = source.nodes[index]
      let inputs = node.inputs.compactMap { mapping[$0] }
      graph.path = node.path
      let isLasting = node.inputs.map { lasting.contains($0.node) }
      let values =
        (rewrites && node.outputs.count == 1
          ? simpler(node.op, inputs, node.outputs[0]).map { [$0] } : nil)
        ?? (rewrites ? node.op.loweredOutputs(inputs, lasting: isLasting) : nil)
        ?? graph.add(node.op, inputs)
      for output in node.outputs.indices {
        mapping[ValueID(node: index, output: output)] = values[output]
      }
    }
  }

  private func simpler(_ op: any Op, _ inputs: [Value], _ type: TensorType) -> Value? {
    switch op {
    case is Multiply:
      if isConstant(inputs[1], 1), inputs[0].type == type { return inputs[0] }
      if isConstant(inputs[0], 1), inputs[1].type == type { return inputs[1] }
    case is Add:
      if isConstant(inputs[1], 0), inputs[0].type == type { return inputs[0] }
      if isConstant(inputs[0], 0), inputs[1].type == type { return inputs[1] }
    case is Divide:
      if isConstant(inputs[1], 1), inputs[0].type == type { return inputs[0] }
    case is Negate:
      if producer(inputs[0]).op is Negate { return producerInput(inputs[0]) }
    case is Reshape:
      if inputs[0].type == type { return inputs[0] }
      if producer(inputs[0]).op is Reshape {
        return producerInput(inputs[0]).reshaped(to: type.shape)
      }
    case is BroadcastTo:
      if inputs[0].type == type { return inputs[0] }
      if producer(inputs[0]).op is BroadcastTo {
        return producerInput(inputs[0]).broadcast(to: type.shape)
      }
    case let permute as Permute:
      if let first = producer(inputs[0]).op as? Permute {
        return producerInput(inputs[0]).permuted(permute.order.map { first.order[$0] })
      }
      let moved = permute.order.filter { inputs[0].shape[$0] != 1 }
      // Moving only axes of extent 1 leaves memory as it is.
      if moved == moved.sorted() { return inputs[0].reshaped(to: type.shape) }
    case let reduce as Reduce:
      guard reduce.kind == .sum else { break }
      if inputs[0].shape.elementCount == type.shape.elementCount {
        return inputs[0].reshaped(to: type.shape)
      }
      if let sum = sum(inputs[0], reduce) { return sum }
    default: break
    }
    return folded(op, inputs, type)
  }

  /// A sum with the sign, or a factor that is the same for all summands, taken out of it: what is
  /// left is often a sum that is needed anyway.
  private func sum(_ value: Value, _ reduce: Reduce) -> Value? {
    let node = producer(value)
    let inputs = node.inputs.map { Value(graph: graph, id: $0) }
    switch node.op {
    case is Negate:
      return -(sum(inputs[0], reduce) ?? reduce.apply(inputs[0]))
    case is Multiply:
      for (factor, other) in [(inputs[0], inputs[1]), (inputs[1], inputs[0])]
      where other.shape == value.shape {
        let missing = value.shape.rank - factor.shape.rank
        let isSame = reduce.axes.allSatisfy { $0 < missing || factor.shape[$0 - missing] == 1 }
        guard isSame, factor.shape != value.shape else { continue }
        let kept = Reduce(kind: .sum, axes: reduce.axes, keepsDimensions: true)
        let product = (sum(other, kept) ?? kept.apply(other)) * factor
        return product.reshaped(to: reduce.apply(value).shape)
      }
      return nil
    default: return nil
    }
  }

  /// The value of an op whose inputs are all known, computed now.
  private func folded(_ op: any Op, _ inputs: [Value], _ type: TensorType) -> Value? {
    guard !inputs.isEmpty, op.asStridedView == nil, type.byteCount <= Self.largestFolded else {
      return nil
    }
    let tensors = inputs.compactMap { (producer($0).op as? Constant)?.tensor }
    guard tensors.count == inputs.count else { return nil }
    let small = Graph()
    let result = small.add(op, tensors.map { small.constant($0) })[0]
    guard
      let plan = try? Plan(
        small, fetches: [("result", result)], options: .init(simplifies: false, fuses: false))
    else { return nil }
    let session = Session(plan, variables: VariableStore())
    session.run()
    return graph.constant(session.read("result"))
  }

  private func producer(_ value: Value) -> Graph.Node { graph.nodes[value.id.node] }

  private func producerInput(_ value: Value) -> Value {
    Value(graph: graph, id: producer(value).inputs[0])
  }

  private func isConstant(_ value: Value, _ number: Double) -> Bool {
    guard let constant = producer(value).op as? Constant, constant.tensor.elementCount == 1 else {
      return false
    }
    return constant.tensor.doubles[0] == number
  }
}
