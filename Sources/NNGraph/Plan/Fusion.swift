import NNCore
import NNKernels

/// Fuses nodes that can share one pass over memory.
///
/// Three kinds of fusion, in this order: element-wise chains into the reduction that is their only
/// reader; element-wise neighbours of one shape into one program; such a program into the matrix
/// product or convolution whose output it reads, as its epilogue. A fusion that would make the
/// grouped graph cyclic is rejected.
struct Fusion {
  /// The maximum length of a program: its temporaries must stay in the L1 cache.
  private static let longestProgram = 48

  private let graph: Graph
  /// How each node runs; nil for inputs, variables and constants.
  private let ops: [(any KernelOp)?]
  /// The group of each live node; a group is identified by its first member when it was formed.
  private var groupOf: [Int]
  private var members: [Int: [Int]] = [:]
  /// For a group with an epilogue, the node that produces what the epilogue reads.
  private var leader: [Int: Int] = [:]
  private var users: [[Int]]
  /// The number of groups with members both before each node and at or after it.
  private var spanning: [Int]
  private let fetched: Set<ValueID>
  /// Values that must be in memory after the run.
  private let kept: Set<ValueID>

  /// - Parameters:
  ///   - fetched: The values that the caller reads.
  ///   - updated: The values of variables after the run.
  init(_ graph: Graph, fetched: Set<ValueID>, updated: Set<ValueID>, joins: Bool) {
    self.graph = graph
    ops = graph.nodes.indices.map { graph.kernelOp(of: $0) }
    self.fetched = fetched
    kept = fetched.union(updated)
    groupOf = Array(graph.nodes.indices)
    users = [[Int]](repeating: [], count: graph.nodes.count)
    spanning = [Int](repeating: 0, count: graph.nodes.count)
    for index in graph.nodes.indices {
      members[index] = [index]
      for input in Set(graph.nodes[index].inputs.map(\.node)) { users[input].append(index) }
    }
    guard joins else { return }
    for index in graph.nodes.indices where graph.nodes[index].op is Reduce {
      joinPrivateChain(of: index)
    }
    for index in graph.nodes.indices where isFree(index) { joinProducers(of: index) }
    for index in graph.nodes.indices where ops[index]?.supportsEpilogue ?? false {
      joinEpilogue(to: index)
    }
    separateUpdates(updated)
  }

  // MARK: - Fusion

  private func isElementwise(_ node: Int) -> Bool { ops[node]?.elementwiseOpcode != nil }

  /// Whether a node is element-wise and not fused into a reduction.
  private func isFree(_ node: Int) -> Bool {
    isElementwise(node)
      && !members[groupOf[node], default: []].contains { graph.nodes[$0].op is Reduce }
  }

  private func isKept(_ node: Int) -> Bool {
    graph.nodes[node].outputs.indices.contains {
      kept.contains(ValueID(node: node, output: $0))
    }
  }

  /// Fuses into a reduction the element-wise nodes that nothing else reads.
  private mutating func joinPrivateChain(of reduce: Int) {
    let space = graph.nodes[graph.nodes[reduce].inputs[0].node].outputs[0]
    var chain: Set<Int> = [reduce]
    // From the reduction backwards, so that the users of a node are visited before it.
    var candidates = [graph.nodes[reduce].inputs[0].node]
    while let node = candidates.max() {
      candidates.removeAll { $0 == node }
      guard
        isElementwise(node), graph.nodes[node].outputs[0] == space, !isKept(node),
        members[groupOf[node]]?.count == 1, users[node].allSatisfy(chain.contains),
        chain.count <= Self.longestProgram
      else { continue }
      chain.insert(node)
      candidates += graph.nodes[node].inputs.map(\.node).filter { !chain.contains($0) }
    }
    merge(Set(chain.map { groupOf[$0] }))
  }

  private mutating func joinProducers(of node: Int) {
    for input in graph.nodes[node].inputs {
      let producer = input.node
      guard
        isFree(producer), groupOf[producer] != groupOf[node],
        graph.nodes[producer].outputs[0] == graph.nodes[node].outputs[0]
      else { continue }
      let union: Set<Int> = [groupOf[producer], groupOf[node]]
      let size = union.reduce(0) { $0 + members[$1, default: []].count }
      if size <= Self.longestProgram, !closesCycle(union) { merge(union) }
    }
  }

  private mutating func joinEpilogue(to node: Int) {
    let output = ValueID(node: node, output: 0)
    let type = graph.nodes[node].outputs[0]
    for user in users[node].sorted() where isFree(user) {
      let group = groupOf[user]
      let union: Set<Int> = [group, groupOf[node]]
      guard
        leader[group] == nil, graph.nodes[user].outputs[0] == type,
        members[group, default: []].allSatisfy({ readsInPlace(graph.nodes[$0], output) }),
        !closesCycle(union)
      else { continue }
      let merged = merge(union)
      leader[merged] = node
      return
    }
  }

  /// Whether a node reads `value` only element for element, and reads no other output of the same
  /// node, which may not be ready before all of `value` is.
  private func readsInPlace(_ node: Graph.Node, _ value: ValueID) -> Bool {
    node.inputs.allSatisfy { input in
      let viewed = graph.nodes[input.node].inputs.first.map(graph.source)
      return !(ops[input.node]?.asStridedView != nil && viewed == value)
        && (input == value || graph.source(of: input).node != value.node)
    }
  }

  @discardableResult
  private mutating func merge(_ groups: Set<Int>) -> Int {
    let all = groups.flatMap { members[$0, default: []] }.sorted()
    let name = groups.min() ?? 0
    for group in groups { count(members.removeValue(forKey: group), by: -1) }
    members[name] = all
    count(all, by: 1)
    for node in all { groupOf[node] = name }
    return name
  }

  /// Updates `spanning` for the positions between the first and the last member of a group.
  private mutating func count(_ group: [Int]?, by change: Int) {
    guard let group, let first = group.first, let last = group.last else { return }
    for border in first..<last { spanning[border + 1] += change }
  }

  /// Whether merging these groups would make the union depend on itself through another group.
  private func closesCycle(_ union: Set<Int>) -> Bool {
    // Inputs come before the nodes that read them. Where no group spans a position, nothing before
    // it depends on anything after it, so the search ends there, not at the start of the graph.
    var border = union.compactMap { members[$0]?.first }.min() ?? 0
    while spanning[border] > 0 { border -= 1 }
    var visited = union
    var pending: [Int] = []
    func visitInputs(of group: Int, fromOutside: Bool) -> Bool {
      for node in members[group, default: []] {
        for input in graph.nodes[node].inputs {
          let next = groupOf[input.node]
          if fromOutside && union.contains(next) { return true }
          guard input.node >= border else { continue }
          if visited.insert(next).inserted { pending.append(next) }
        }
      }
      return false
    }
    for group in union where visitInputs(of: group, fromOutside: false) { return true }
    while let group = pending.popLast() {
      if visitInputs(of: group, fromOutside: true) { return true }
    }
    return false
  }

  // MARK: - Separating updates from fetches

  /// Splits groups that compute a fetched value together with an update that the value does not
  /// depend on, so that the value can be read before any variable changes.
  private mutating func separateUpdates(_ updated: Set<ValueID>) {
    var isNeeded = [Bool](repeating: false, count: graph.nodes.count)
    for value in fetched { isNeeded[value.node] = true }
    for node in graph.nodes.indices.reversed() where isNeeded[node] {
      for input in graph.nodes[node].inputs { isNeeded[input.node] = true }
    }
    // A view is computed by the step that computes its source.
    let updating = Set(
      updated.map { graph.source(of: $0).node }.filter { !isNeeded[$0] }.map { groupOf[$0] })
    guard !updating.isEmpty else { return }
    // The groups that fetched values need, and the readers of each.
    var readers: [Int: Set<Int>] = [:]
    var pending = Set(fetched.map { groupOf[$0.node] })
    var reached = pending
    while let group = pending.popFirst() {
      for node in members[group, default: []] {
        for input in graph.nodes[node].inputs where groupOf[input.node] != group {
          let source = groupOf[input.node]
          readers[source, default: []].insert(group)
          if reached.insert(source).inserted { pending.insert(source) }
        }
      }
    }
    pending = updating.intersection(reached)
    var mixed = pending
    while let group = pending.popFirst() {
      for reader in readers[group, default: []] where mixed.insert(reader).inserted {
        pending.insert(reader)
      }
    }
    for group in mixed { split(group) { isNeeded[$0] } }
  }

  /// Splits a group in two; no node for which `isFirst` is true may read one of the others.
  private mutating func split(_ group: Int, by isFirst: (Int) -> Bool) {
    guard let all = members.removeValue(forKey: group) else { return }
    let producer = leader.removeValue(forKey: group)
    for part in [all.filter(isFirst), all.filter { !isFirst($0) }] {
      guard let name = part.first else { continue }
      members[name] = part
      for node in part { groupOf[node] = name }
      if let producer, part.count > 1, part.contains(producer) { leader[name] = producer }
    }
  }

  // MARK: - Steps

  /// The groups as steps in an executable order: first those that fetched values need, then the
  /// rest.
  func steps() -> [PlannedStep] {
    var steps: [PlannedStep] = []
    var stepOf: [Int: Int] = [:]
    let groups = members.sorted { ($0.value.first ?? 0) < ($1.value.first ?? 0) }
    for (group, nodes) in groups {
      guard let step = step(group, nodes) else { continue }
      for output in step.allOutputs { stepOf[output.node] = steps.count }
      steps.append(step)
    }
    return scheduled(steps)
  }

  private func step(_ group: Int, _ nodes: [Int]) -> PlannedStep? {
    let last = graph.nodes[nodes[nodes.count - 1]]
    if let producer = leader[group], let op = ops[producer] {
      let node = graph.nodes[producer]
      let program = lower(nodes.filter { $0 != producer })
      return PlannedStep(
        op: op, inputs: node.inputs, outputs: outputs(of: producer),
        epilogue: .init(op: program.op, inputs: program.inputs, outputs: program.outputs),
        path: node.path)
    }
    if let reduce = nodes.last, let op = graph.nodes[reduce].op as? Reduce {
      let program = lower(nodes.dropLast(), result: graph.nodes[reduce].inputs[0])
      let space = program.op.program.space
      let fused = FusedReduce(
        kind: op.kind, reduced: space.dimensions.indices.map(op.axes.contains),
        program: program.op.program, register: program.result,
        output: graph.nodes[reduce].outputs[0])
      return PlannedStep(
        op: fused, inputs: program.inputs, outputs: outputs(of: reduce), path: last.path)
    }
    if isElementwise(nodes[0]) {
      let program = lower(nodes)
      return PlannedStep(
        op: program.op, inputs: program.inputs, outputs: program.outputs, path: last.path)
    }
    guard let op = ops[nodes[0]], op.asView == nil else { return nil }
    if op.asStridedView != nil, !isReadAsTensor(nodes[0]) { return nil }
    return PlannedStep(
      op: op, inputs: last.inputs, outputs: outputs(of: nodes[0]), path: last.path)
  }

  private func outputs(of node: Int) -> [ValueID] {
    graph.nodes[node].outputs.indices.map { ValueID(node: node, output: $0) }
  }

  /// Whether a strided view must be copied into its own memory because a reader cannot use strides.
  private func isReadAsTensor(_ node: Int) -> Bool {
    isKept(node)
      || users[node].contains { user in
        !(isElementwise(user) || graph.nodes[user].op is Reduce)
      }
  }

  /// The value whose memory is read for a value from outside, and the strides over `space`.
  private func operand(
    _ value: ValueID, over space: Shape
  ) -> (source: ValueID, operand: ElementwiseProgram.Operand) {
    let node = graph.nodes[value.node]
    if let view = ops[value.node]?.asStridedView {
      let source = node.inputs[0]
      let strides = view.strides(input: graph.type(of: source), output: node.outputs[0])
      return (source, .init(stretching: strides, of: node.outputs[0].shape, to: space))
    }
    return (value, .init(broadcasting: graph.type(of: value).shape, to: space))
  }

  /// Element-wise nodes as one program; `result` names a value to keep in a register.
  private func lower(
    _ nodes: some Collection<Int>, result: ValueID? = nil
  ) -> (op: FusedElementwise, inputs: [ValueID], outputs: [ValueID], result: Int) {
    let inside = Set(nodes)
    let type = graph.type(of: result ?? ValueID(node: nodes.first ?? 0, output: 0))
    var operands: [ElementwiseProgram.Operand] = []
    var sources: [ValueID] = []
    func register(outside value: ValueID) -> Int {
      let (source, operand) = operand(value, over: type.shape)
      for index in operands.indices where operands[index] == operand && sources[index] == source {
        return index
      }
      operands.append(operand)
      sources.append(source)
      return operands.count - 1
    }
    for node in nodes {
      for input in graph.nodes[node].inputs where !inside.contains(input.node) {
        _ = register(outside: input)
      }
    }
    if let result, !inside.contains(result.node) { _ = register(outside: result) }
    var registers: [ValueID: Int] = [:]
    var instructions: [ElementwiseProgram.Instruction] = []
    var outputs: [ValueID] = []
    for node in nodes {
      guard let opcode = ops[node]?.elementwiseOpcode else { continue }
      let value = ValueID(node: node, output: 0)
      instructions.append(
        .init(
          opcode: opcode,
          operands: graph.nodes[node].inputs.map { registers[$0] ?? register(outside: $0) }))
      registers[value] = operands.count + instructions.count - 1
      if result == nil, isKept(node) || users[node].contains(where: { !inside.contains($0) }) {
        outputs.append(value)
      }
    }
    let program = ElementwiseProgram(
      space: type.shape, operands: operands, instructions: instructions,
      outputs: outputs.compactMap { registers[$0] })
    let kept = result.map { registers[$0] ?? register(outside: $0) } ?? 0
    return (FusedElementwise(program: program, dtype: type.dtype), sources, outputs, kept)
  }

  /// Sorts steps topologically: first those that fetched values need, so that these can be read
  /// before any variable changes; otherwise in the order of the model.
  private func scheduled(_ steps: [PlannedStep]) -> [PlannedStep] {
    var producer: [ValueID: Int] = [:]
    for (index, step) in steps.enumerated() {
      for output in step.allOutputs { producer[output] = index }
    }
    let sources = steps.enumerated().map { index, step in
      Set(step.allInputs.compactMap { producer[graph.source(of: $0)] }).subtracting([index])
    }
    var isFirst = [Bool](repeating: false, count: steps.count)
    var pending = fetched.compactMap { producer[graph.source(of: $0)] }
    while let index = pending.popLast() {
      guard !isFirst[index] else { continue }
      isFirst[index] = true
      pending += sources[index]
    }
    var waiting = sources.map(\.count)
    var followers = [[Int]](repeating: [], count: steps.count)
    for (index, sources) in sources.enumerated() {
      for source in sources { followers[source].append(index) }
    }
    var order: [PlannedStep] = []
    // `steps` is sorted by first node; of the steps that are ready, the first one is scheduled.
    for isEarly in [true, false] {
      var ready = steps.indices.filter { isFirst[$0] == isEarly && waiting[$0] == 0 }
      while let next = ready.first {
        ready.removeFirst()
        order.append(steps[next])
        for follower in followers[next] {
          waiting[follower] -= 1
          if waiting[follower] == 0, isFirst[follower] == isEarly {
            ready.insert(follower, at: ready.firstIndex { $0 > follower } ?? ready.count)
          }
        }
      }
    }
    precondition(order.count == steps.count, "fusion made the plan cyclic")
    return order
  }
}
