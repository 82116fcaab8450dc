package import NNCore
import NNKernels

/// An execution plan of a graph: simplified, fused and scheduled, with memory assigned to every
/// tensor.
///
/// A plan is made once for each input shape and mode; a `Session` allocates its memory and runs it.
package struct Plan {
  /// Which passes run; all by default. Tests switch them off.
  package struct Options: Sendable {
    /// Whether to fold constants and remove identities.
    package var simplifies = true
    /// Whether to fuse element-wise chains, reductions and epilogues.
    package var fuses = true
    /// Whether tensors whose lifetimes do not overlap share memory.
    package var reusesMemory = true

    /// All passes.
    package static let `default` = Options()
    /// No pass: each op is an instruction, and each tensor has its own memory.
    package static let plain = Options(simplifies: false, fuses: false, reusesMemory: false)

    /// Creates options.
    package init(simplifies: Bool = true, fuses: Bool = true, reusesMemory: Bool = true) {
      self.simplifies = simplifies
      self.fuses = fuses
      self.reusesMemory = reusesMemory
    }
  }

  let graph: Graph
  /// The types of all inputs of the graph before any pass, by name.
  let inputTypes: [String: TensorType]
  /// The types of the variables that a run reads or writes, by name.
  let variableTypes: [String: TensorType]
  let memory: MemoryPlan
  let fetches: [String: ValueID]
  let workers: Int
  /// The number of nodes in the graph before any pass.
  package let sourceNodeCount: Int

  /// The number of instructions at the start that run only when variables have changed.
  package var invariantStepCount: Int { memory.invariantStepCount }
  /// The number of instructions that a run executes.
  package var instructionCount: Int { memory.steps.count + memory.copies.count }
  /// Bytes of the arena that intermediates share.
  package var arenaByteCount: Int { memory.arenaByteCount }
  /// Bytes of the inputs, which are written before every run.
  package var inputByteCount: Int { byteCount { $0 is Input } }
  /// Bytes of everything that a session of this plan holds.
  private var sessionByteCount: Int {
    let copied = memory.copies.map { graph.type(of: $0.from).byteCount }.saturatingSum
    return [arenaByteCount, copied, byteCount { $0 is Input || $0 is Variable || $0 is Constant }]
      .saturatingSum
  }
  /// Bytes of the outputs of some nodes.
  private func byteCount(of isCounted: (any Op) -> Bool) -> Int {
    graph.nodes.filter { isCounted($0.op) }.flatMap(\.outputs).map(\.byteCount).saturatingSum
  }
  /// Bytes that the intermediates would take without sharing.
  package var unsharedByteCount: Int { memory.unsharedByteCount }

  /// Bytes read and written by the instructions that update variables; copies go through staging
  /// memory.
  package var updateByteCount: Int {
    let copied = memory.copies.reduce(0) { $0 + 4 * graph.type(of: $1.from).byteCount }
    return memory.updatingSteps.reduce(copied) { total, step in
      (step.allInputs + step.allOutputs).reduce(total) { $0 + graph.type(of: $1).byteCount }
    }
  }

  /// Plans the part of a graph that some results need.
  ///
  /// - Parameters:
  ///   - fetches: The values to read after a run, by name.
  ///   - updates: Variables and their values after a run. All updates take effect together: the run
  ///     reads the old contents.
  ///   - options: Which passes run.
  /// - Throws: `NNError` with every error that was found while the graph was built, for values of
  ///   another graph, updates that are not of a variable, of another type or of one variable twice,
  ///   and for a plan that needs more memory than there is (`MemoryLimit`).
  package init(
    _ graph: Graph, fetches: [(name: String, value: Value)],
    updates: [(variable: Value, value: Value)] = [], options: Options = .default
  ) throws(NNError) {
    try graph.validate()
    let updated = try Self.check(graph, fetches: fetches.map(\.value), updates: updates)
    graph.verify()
    let roots = fetches.map(\.value.id) + updated.map(\.value.id)
    let rewritten = Simplifier(
      graph, roots: roots, changing: Set(updated.map(\.variable)), rewrites: options.simplifies)
    // Removes nodes that have no reader after rewriting.
    let simplified = Simplifier(
      rewritten.graph, roots: roots.compactMap { rewritten.mapping[$0]?.id }, rewrites: false)
    func moved(_ value: Value) -> ValueID {
      guard let found = rewritten.mapping[value.id].flatMap({ simplified.mapping[$0.id] }) else {
        preconditionFailure("a root was lost in simplification")
      }
      return found.id
    }
    let moves = updated.map { (variable: $0.variable, value: moved($0.value)) }
    self.graph = simplified.graph
    inputTypes = graph.inputTypes
    let read = simplified.graph.nodes.compactMap { node in
      (node.op as? Variable).map { ($0.label, $0.type) }
    }
    let written = moves.map { ($0.variable, simplified.graph.type(of: $0.value)) }
    variableTypes = Dictionary(read + written, uniquingKeysWith: { first, _ in first })
    self.fetches = Dictionary(
      fetches.map { ($0.name, moved($0.value)) }, uniquingKeysWith: { first, _ in first })
    sourceNodeCount = graph.nodes.count
    workers = WorkerPool.threads
    let fetched = Set(self.fetches.values)
    let fusion = Fusion(
      simplified.graph, fetched: fetched, updated: Set(moves.map(\.value)), joins: options.fuses)
    memory = MemoryPlan(
      simplified.graph, steps: fusion.steps(), kept: fetched, updates: moves,
      reuses: options.reusesMemory, workers: workers)
    if Trace.wanted == .plan { Trace.print(description) }
    try MemoryLimit.check(
      sessionByteCount, "a step of this network",
      hint: "use a smaller batch, shorter sequences or smaller layers")
  }

  /// Checks that values and updates belong to the graph; returns the updates by variable name.
  private static func check(
    _ graph: Graph, fetches: [Value], updates: [(variable: Value, value: Value)]
  ) throws(NNError) -> [(variable: String, value: Value)] {
    let values = fetches + updates.flatMap { [$0.variable, $0.value] }
    guard values.allSatisfy({ $0.graph === graph }) else {
      throw .invalid("a value of another graph", hint: "build all values in the graph to compile")
    }
    var names: Set<String> = []
    var checked: [(variable: String, value: Value)] = []
    for (target, value) in updates {
      guard let variable = graph.nodes[target.id.node].op as? Variable else {
        throw .invalid("an update of a value that is not a variable", hint: "use Graph.variable")
      }
      guard variable.type == value.type else {
        throw .invalid(
          "an update of `\(variable.label)`: expected \(variable.type), found \(value.type)")
      }
      guard names.insert(variable.label).inserted else {
        throw .invalid("two updates of `\(variable.label)`")
      }
      checked.append((variable.label, value))
    }
    return checked
  }
}
