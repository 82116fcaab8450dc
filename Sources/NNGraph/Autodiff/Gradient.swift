import NNCore

extension Graph {
  /// The gradients of a scalar with respect to some values, as nodes added to the graph.
  ///
  /// Walks the graph backwards from `loss` and adds each op's gradient nodes (reverse mode). The
  /// result is planned and fused like everything else, and can be differentiated again.
  ///
  /// - Parameters:
  ///   - loss: A scalar, unless `cotangent` is given.
  ///   - values: The values to differentiate with respect to.
  ///   - cotangent: ∂(final loss)/∂`loss`, of the shape of `loss` (PyTorch's `grad_outputs`); 1 by
  ///     default.
  /// - Returns: One value for each of `values`, of its shape; zeros where `loss` does not depend
  ///   on it.
  public func gradients(
    of loss: Value, withRespectTo values: [Value], cotangent: Value? = nil
  ) -> [Value] {
    guard !loss.isPoisoned, !values.contains(where: \.isPoisoned) else {
      return values.map { _ in Value(graph: self, id: .poisoned) }
    }
    guard cotangent != nil || loss.shape.elementCount == 1 else {
      let poisoned = report(
        "gradients need a scalar loss, got \(loss.shape)", hint: "reduce it with sum() or mean()")
      return values.map { _ in poisoned }
    }
    let needed = dependents(of: values.map(\.id), upTo: loss.id.node)
    var cotangents: [ValueID: Value] = [
      loss.id: cotangent ?? constant(1, dtype: loss.dtype).broadcast(to: loss.shape)
    ]
    let outerPath = path
    defer { path = outerPath }
    for index in stride(from: loss.id.node, through: 0, by: -1) where needed.contains(index) {
      let node = nodes[index]
      let incoming = node.outputs.indices.map {
        cotangents[ValueID(node: index, output: $0)]
      }
      guard incoming.contains(where: { $0 != nil }), !node.inputs.isEmpty else { continue }
      path = node.path
      let inputs = node.inputs.map { Value(graph: self, id: $0) }
      let context = GradientContext(
        inputs: inputs, outputs: self.values(of: index), cotangents: incoming,
        needed: inputs.map { isNeeded($0, needed, values) })
      let gradients = node.op.gradient(context)
      precondition(
        gradients.count == inputs.count,
        "\(Swift.type(of: node.op).name) returned \(gradients.count) gradients "
          + "for \(inputs.count) inputs")
      for (input, gradient) in zip(inputs, gradients) {
        guard let gradient, !gradient.isPoisoned, isNeeded(input, needed, values) else { continue }
        // Rules may ignore broadcasting: gradients are summed over broadcast axes here, and only
        // here.
        let fitted = gradient.summed(to: input.shape)
        cotangents[input.id] = cotangents[input.id].map { $0 + fitted } ?? fitted
      }
    }
    return values.map { value in
      cotangents[value.id] ?? constant(0, dtype: value.dtype).broadcast(to: value.shape)
    }
  }

  private func isNeeded(_ value: Value, _ needed: Set<Int>, _ targets: [Value]) -> Bool {
    value.dtype.isFloatingPoint && (needed.contains(value.id.node) || targets.contains(value))
  }

  /// The nodes that compute `values`, and those up to `last` that depend on them.
  private func dependents(of values: [ValueID], upTo last: Int) -> Set<Int> {
    var found = Set(values.map(\.node))
    guard let first = found.min(), first <= last else { return found }
    for index in first...last where nodes[index].inputs.contains(where: { found.contains($0.node) })
    {
      found.insert(index)
    }
    return found
  }
}

extension Value {
  /// This value summed over the axes along which it was broadcast from `shape`.
  func summed(to shape: Shape) -> Value {
    guard self.shape != shape else { return self }
    let missing = self.shape.rank - shape.rank
    let axes = self.shape.dimensions.indices.filter {
      $0 < missing || (shape.dimensions[$0 - missing] == 1 && self.shape.dimensions[$0] != 1)
    }
    return sum(axes: axes, keepDimensions: true).reshaped(to: shape)
  }
}
