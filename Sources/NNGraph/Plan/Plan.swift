public import NNCore
import NNKernels

/// A graph made ready to run: simplified, fused, ordered, with a place for every tensor.
///
/// A plan is made once for each input shape and mode; a `Session` gives it memory and runs it.
public struct Plan {
  /// Which passes run; all by default. Switching them off serves tests.
  public struct Options: Sendable {
    /// Fold constants and remove identities.
    public var simplifies = true
    /// Join element-wise chains, reductions and epilogues.
    public var fuses = true
    /// Share memory between tensors whose lives do not overlap.
    public var reusesMemory = true

    /// Every pass.
    public static let `default` = Options()
    /// No pass: each op by itself, each tensor in memory of its own.
    public static let plain = Options(simplifies: false, fuses: false, reusesMemory: false)

    /// Chooses passes.
    public init(simplifies: Bool = true, fuses: Bool = true, reusesMemory: Bool = true) {
      self.simplifies = simplifies
      self.fuses = fuses
      self.reusesMemory = reusesMemory
    }
  }

  let graph: Graph
  let memory: MemoryPlan
  let fetches: [String: ValueID]
  let workers: Int
  /// How many nodes the graph had before any pass.
  public let sourceNodeCount: Int

  /// The first instructions that run again only when variables have changed.
  package var lastingStepCount: Int { memory.lastingStepCount }
  /// The instructions that a run executes.
  public var instructionCount: Int { memory.steps.count + memory.copies.count }
  /// Bytes of the arena that intermediates share.
  public var arenaByteCount: Int { memory.arenaByteCount }
  /// Bytes of the inputs, which every run fills anew.
  public var inputByteCount: Int { byteCount { $0 is Input } }
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
  /// Bytes that the same tensors would take side by side.
  public var unsharedByteCount: Int { memory.unsharedByteCount }

  /// Bytes that the instructions which update variables read and write; copies go through memory of
  /// their own.
  public var updateByteCount: Int {
    let copied = memory.copies.reduce(0) { $0 + 4 * graph.type(of: $1.from).byteCount }
    return memory.updatingSteps.reduce(copied) { total, step in
      (step.allInputs + step.allOutputs).reduce(total) { $0 + graph.type(of: $1).byteCount }
    }
  }

  /// Plans the part of a graph that some results need.
  ///
  /// - Parameters:
  ///   - fetches: Values to read after a run, by name.
  ///   - updates: Variables and what they hold after a run. All updates take effect together: no
  ///     part of the run sees another's new contents.
  ///   - options: Which passes run.
  /// - Throws: Every misfit that was found while the graph was built, and a plan that takes more
  ///   memory than there is (`MemoryLimit`).
  public init(
    _ graph: Graph, fetches: [(name: String, value: Value)],
    updates: [(variable: Value, value: Value)] = [], options: Options = .default
  ) throws(NNError) {
    try graph.validate()
    graph.verify()
    for (variable, value) in updates {
      precondition(
        graph.nodes[variable.id.node].op is Variable && variable.type == value.type,
        "an update of \(variable.type) with \(value.type)")
    }
    let roots = fetches.map(\.value.id) + updates.map(\.value.id)
    let changing = Set(
      updates.compactMap { (graph.nodes[$0.variable.id.node].op as? Variable)?.label })
    let rewritten = Simplifier(
      graph, roots: roots, changing: changing, rewrites: options.simplifies)
    // What rewriting has left without a reader goes, too.
    let simplified = Simplifier(
      rewritten.graph, roots: roots.compactMap { rewritten.mapping[$0]?.id }, rewrites: false)
    func moved(_ value: Value) -> ValueID {
      guard let found = rewritten.mapping[value.id].flatMap({ simplified.mapping[$0.id] }) else {
        preconditionFailure("a root was lost in simplification")
      }
      return found.id
    }
    let moves = updates.compactMap { variable, value -> (variable: String, value: ValueID)? in
      (graph.nodes[variable.id.node].op as? Variable).map { ($0.label, moved(value)) }
    }
    self.graph = simplified.graph
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
}
