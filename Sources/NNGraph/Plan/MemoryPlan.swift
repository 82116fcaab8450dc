import NNCore

/// Assigns memory to every tensor of a plan: intermediates share one arena by their lifetimes,
/// results that update variables are written into the variable's memory, and parts of a packed
/// tensor into the packed tensor's memory.
struct MemoryPlan {
  /// The memory of a tensor and the byte offset of its start.
  enum Location: Hashable {
    case arena(block: Int, offset: Int)
    case variable(String, offset: Int)
    case input(String, offset: Int)
    case constant(Int, offset: Int)

    func advanced(by bytes: Int) -> Location {
      switch self {
      case .arena(let block, let offset): .arena(block: block, offset: offset + bytes)
      case .variable(let name, let offset): .variable(name, offset: offset + bytes)
      case .input(let name, let offset): .input(name, offset: offset + bytes)
      case .constant(let node, let offset): .constant(node, offset: offset + bytes)
      }
    }
  }

  /// A range of the arena that is in use from step `first` to step `last`.
  struct Block {
    var byteCount: Int
    var first: Int
    var last: Int
    var offset = 0
  }

  private(set) var blocks: [Block] = []
  private(set) var arenaByteCount = 0
  /// The scratch block of each step that needs one.
  private(set) var scratch: [Int?] = []
  /// The schedule, with copies added for updates that could not be written in place.
  private(set) var steps: [PlannedStep]
  /// The number of steps at the start that read only constants and variables that the plan does not
  /// change: their results are constant across runs, in memory that no other tensor shares.
  private(set) var invariantStepCount = 0
  /// Outputs of steps that neither a step nor the caller reads.
  private(set) var unread: Set<ValueID> = []
  /// Values to copy into variables once all steps have run.
  private(set) var copies: [(from: ValueID, to: String)] = []

  private let graph: Graph
  private var locations: [ValueID: Location] = [:]
  private var lastUse: [ValueID: Int] = [:]
  /// The step that computes a value.
  private var writers: [ValueID: Int] = [:]
  /// The last step that reads what a variable held before the run.
  private var lastRead: [String: Int] = [:]

  init(
    _ graph: Graph, steps: [PlannedStep], kept: Set<ValueID>,
    updates: [(variable: String, value: ValueID)], reuses: Bool, workers: Int
  ) {
    self.graph = graph
    self.steps = steps
    if reuses { moveInvariantSteps(updates) }
    findLastUses(kept: kept)
    placeUpdates(updates)
    findUnread()
    placePackedParts(kept: kept)
    placeIntermediates(kept: kept, reuses: reuses)
    reserveScratch(workers: workers)
    layOut(reuses: reuses)
  }

  /// The location of a value, looking through views.
  func location(of value: ValueID) -> Location {
    let (base, offset) = graph.sourceAndOffset(of: value)
    switch graph.nodes[base.node].op {
    case let input as Input: return .input(input.label, offset: offset)
    case let variable as Variable: return .variable(variable.label, offset: offset)
    case is Constant: return .constant(base.node, offset: offset)
    default:
      guard let location = locations[base] else {
        preconditionFailure("node \(base.node) has no memory")
      }
      return location.advanced(by: offset)
    }
  }

  /// The index of the step that computes a value, looking through views; nil for inputs, variables
  /// and constants.
  func step(computing value: ValueID) -> Int? {
    writers[graph.source(of: value)]
  }

  /// The steps that write variables.
  var updatingSteps: [PlannedStep] {
    steps.filter { !variables(writtenBy: $0).isEmpty }
  }

  /// The variables whose memory a step writes.
  func variables(writtenBy step: PlannedStep) -> Set<String> {
    Set(
      step.allOutputs.compactMap {
        if case .variable(let name, _) = location(of: $0) { name } else { nil }
      })
  }

  /// The size of the arena without sharing: the sum of all blocks.
  var unsharedByteCount: Int { blocks.reduce(0) { $0 + $1.byteCount } + sharedInPlaceByteCount }
  private var sharedInPlaceByteCount = 0

  // MARK: - Passes

  /// The label of the variable if a value is one; else nil.
  private func variable(of value: ValueID) -> String? {
    (graph.nodes[value.node].op as? Variable)?.label
  }

  private func isComputed(_ value: ValueID) -> Bool {
    let op = graph.nodes[value.node].op
    return !(op is Input || op is Variable || op is Constant)
  }

  /// Moves steps whose results are constant across runs to the front.
  private mutating func moveInvariantSteps(_ updates: [(variable: String, value: ValueID)]) {
    // By steps, not by nodes: a step may compute invariant results together with others.
    var invariant = graph.invariantLeaves(changing: Set(updates.map(\.variable)))
    var first: [PlannedStep] = []
    var rest: [PlannedStep] = []
    for step in steps {
      // An epilogue reads the output of its own step.
      let sources = step.allInputs.map(graph.source).filter { !step.outputs.contains($0) }
      if !sources.isEmpty, sources.allSatisfy({ invariant.contains($0.node) }) {
        invariant.formUnion(step.allOutputs.map(\.node))
        first.append(step)
      } else {
        rest.append(step)
      }
    }
    steps = first + rest
    invariantStepCount = first.count
  }

  private mutating func findLastUses(kept: Set<ValueID>) {
    for (index, step) in steps.enumerated() {
      for output in step.allOutputs {
        lastUse[output] = index
        writers[output] = index
      }
      for input in step.allInputs {
        let base = graph.source(of: input)
        lastUse[base] = index
        if let variable = variable(of: base) { lastRead[variable] = index }
      }
    }
    for value in kept { lastUse[graph.source(of: value)] = steps.count }
    for output in steps[..<invariantStepCount].flatMap(\.allOutputs)
    where lastUse[output, default: 0] >= invariantStepCount { lastUse[output] = steps.count }
  }

  private mutating func findUnread() {
    for (index, step) in steps.enumerated() {
      // Updates of variables have their locations by now.
      unread.formUnion(step.allOutputs.filter { lastUse[$0] == index && locations[$0] == nil })
    }
  }

  private mutating func placeUpdates(_ updates: [(variable: String, value: ValueID)]) {
    let sources = Set(updates.map { graph.source(of: $0.value) })
    // An update with the value of another variable must read that variable's old contents.
    let copied = Set(sources.compactMap(variable(of:)))
    for update in updates {
      let (base, offset) = graph.sourceAndOffset(of: update.value)
      if let writer = writers[base], writer >= invariantStepCount, offset == 0,
        locations[base] == nil,
        graph.type(of: base).byteCount == graph.type(of: update.value).byteCount,
        !copied.contains(update.variable), mayWrite(update.variable, in: writer, as: base)
      {
        locations[base] = .variable(update.variable, offset: 0)
        placeSource(of: base, writtenIn: writer, over: update.variable, except: sources)
      } else {
        lastUse[base] = steps.count
        copies.append((update.value, update.variable))
      }
    }
  }

  /// Places the value that a step changes in place in the variable's memory, too, from its creation
  /// on.
  private mutating func placeSource(
    of value: ValueID, writtenIn index: Int, over variable: String, except updates: Set<ValueID>
  ) {
    guard let input = inPlaceInput(of: steps[index], writing: value) else { return }
    let source = graph.source(of: input)
    guard isComputed(source), locations[source] == nil, lastUse[source] == index,
      !updates.contains(source),
      steps[index].allInputs.count(where: { graph.source(of: $0) == source }) == 1,
      let writer = writers[source], writer >= invariantStepCount,
      mayWrite(variable, in: writer, as: source)
    else { return }
    locations[source] = .variable(variable, offset: 0)
    placeSource(of: source, writtenIn: writer, over: variable, except: updates)
  }

  /// Whether step `index` may write its output over a variable: the old contents are not read
  /// afterwards, and the step itself reads them only element for element.
  private func mayWrite(_ variable: String, in index: Int, as output: ValueID) -> Bool {
    func reads(_ value: ValueID) -> Bool { self.variable(of: graph.source(of: value)) == variable }
    if lastRead[variable, default: 0] > index { return false }
    let step = steps[index]
    guard step.allInputs.contains(where: reads) else { return true }
    if let input = inPlaceInput(of: step, writing: output), reads(input) {
      return step.allInputs.filter(reads).count == 1
    }
    return elementwisePart(of: step, writing: output).map { part in
      part.inputs.indices.allSatisfy {
        !reads(part.inputs[$0]) || isWhole(part, $0, type: graph.type(of: output))
      } && !(step.epilogue != nil && step.inputs.contains(where: reads))
    } ?? false
  }

  /// The input whose memory the op may reuse for `output`.
  private func inPlaceInput(of step: PlannedStep, writing output: ValueID) -> ValueID? {
    guard output == step.outputs[0], let index = step.op.inPlaceInput else { return nil }
    let (base, offset) = graph.sourceAndOffset(of: step.inputs[index])
    let isWhole = graph.type(of: base).byteCount == graph.type(of: output).byteCount
    return offset == 0 && isWhole ? step.inputs[index] : nil
  }

  /// The element-wise program that writes `output`, with its inputs.
  private func elementwisePart(
    of step: PlannedStep, writing output: ValueID
  ) -> (program: ElementwiseProgram, inputs: [ValueID])? {
    if let epilogue = step.epilogue {
      return epilogue.outputs.contains(output) ? (epilogue.op.program, epilogue.inputs) : nil
    }
    return (step.op as? FusedElementwise).map { ($0.program, step.inputs) }
  }

  /// Whether operand `index` is read in memory order, one element for each output element.
  private func isWhole(
    _ part: (program: ElementwiseProgram, inputs: [ValueID]), _ index: Int, type: TensorType
  ) -> Bool {
    let (base, offset) = graph.sourceAndOffset(of: part.inputs[index])
    return offset == 0 && graph.type(of: base).byteCount == type.byteCount
      && part.program.operands[index]
        == .init(
          strides: part.program.space.strides.enumerated().map {
            part.program.space[$0.offset] == 1 ? 0 : $0.element
          })
  }

  private mutating func placePackedParts(kept: Set<ValueID>) {
    for (index, step) in steps.enumerated() {
      guard let pack = step.op as? Pack else { continue }
      let output = step.outputs[0]
      let type = graph.type(of: output)
      let location =
        locations[output] ?? .arena(block: newBlock(type.byteCount, at: index), offset: 0)
      locations[output] = location
      for (input, offset) in zip(step.inputs, pack.offsets) {
        let (part, partOffset) = graph.sourceAndOffset(of: input)
        guard
          isComputed(part), locations[part] == nil, partOffset == 0, !kept.contains(input),
          graph.type(of: part).byteCount == graph.type(of: input).byteCount,
          // A variable's memory must keep its old contents until all reads are done.
          case .arena(let block, _) = location,
          let writer = writers[part]
        else { continue }
        locations[part] = location.advanced(by: offset * type.dtype.byteCount)
        blocks[block].first = min(blocks[block].first, writer)
        blocks[block].last = max(blocks[block].last, lastUse[part] ?? index)
      }
      if case .arena(let block, _) = location {
        blocks[block].last = max(blocks[block].last, lastUse[output] ?? index)
      }
    }
  }

  private mutating func placeIntermediates(kept: Set<ValueID>, reuses: Bool) {
    for (index, step) in steps.enumerated() {
      for output in step.allOutputs where locations[output] == nil {
        let last = lastUse[output] ?? index
        if reuses, let block = blockToReuse(for: output, step: step, index: index) {
          locations[output] = .arena(block: block, offset: 0)
          blocks[block].last = max(blocks[block].last, last)
          sharedInPlaceByteCount += graph.type(of: output).byteCount
        } else {
          let block = newBlock(graph.type(of: output).byteCount, at: index)
          blocks[block].last = last
          locations[output] = .arena(block: block, offset: 0)
        }
      }
    }
  }

  /// The block of an operand whose last use is this step and which is read element for element.
  private func blockToReuse(for output: ValueID, step: PlannedStep, index: Int) -> Int? {
    if let input = inPlaceInput(of: step, writing: output),
      case .arena(let block, 0)? = locations[graph.source(of: input)], blocks[block].last == index,
      blocks[block].byteCount == graph.type(of: output).byteCount.roundedToBlock,
      step.allInputs.filter({ occupies($0, block) }).count == 1,
      !step.allOutputs.contains(where: { occupies($0, block) })
    {
      return block
    }
    guard let part = elementwisePart(of: step, writing: output) else { return nil }
    let type = graph.type(of: output)
    for (position, input) in part.inputs.enumerated() {
      let source = graph.source(of: input)
      guard
        isComputed(source), case .arena(let block, 0)? = locations[source],
        blocks[block].last == index, blocks[block].byteCount == type.byteCount.roundedToBlock,
        isWhole(part, position, type: type),
        // Other reads of the same memory must be element for element, too.
        part.inputs.indices.allSatisfy({
          !occupies(part.inputs[$0], block) || isWhole(part, $0, type: type)
        }),
        step.epilogue == nil || !step.inputs.contains(where: { occupies($0, block) }),
        // Two outputs of one step may not share a block.
        !step.allOutputs.contains(where: { other in
          other != source && other != output && occupies(other, block)
        })
      else { continue }
      return block
    }
    return nil
  }

  private func occupies(_ value: ValueID, _ block: Int) -> Bool {
    if case .arena(block, _)? = locations[graph.source(of: value)] { true } else { false }
  }

  private mutating func newBlock(_ byteCount: Int, at index: Int) -> Int {
    blocks.append(Block(byteCount: byteCount.roundedToBlock, first: index, last: index))
    return blocks.count - 1
  }

  private mutating func reserveScratch(workers: Int) {
    for (index, step) in steps.enumerated() {
      var bytes = step.op.scratchByteCount(
        inputs: step.inputs.map(graph.type), outputs: step.outputs.map(graph.type),
        workers: workers
      ).roundedToBlock
      if let epilogue = step.epilogue {
        bytes += epilogue.op.scratchByteCount(inputs: [], outputs: [], workers: workers)
      }
      scratch.append(bytes == 0 ? nil : newBlock(bytes, at: index))
    }
  }

  /// Assigns offsets, largest block first: each gets the lowest offset that is free for its
  /// lifetime.
  private mutating func layOut(reuses: Bool) {
    // Sorted by offset.
    var placed: [Int] = []
    for block in blocks.indices.sorted(by: { blocks[$0].byteCount > blocks[$1].byteCount }) {
      var offset = 0
      for rival in placed
      where !reuses
        || blocks[rival].first <= blocks[block].last
          && blocks[block].first <= blocks[rival].last
      {
        if offset + blocks[block].byteCount <= blocks[rival].offset { break }
        offset = max(offset, blocks[rival].offset + blocks[rival].byteCount)
      }
      blocks[block].offset = offset
      let index = placed.firstIndex { blocks[$0].offset > offset } ?? placed.endIndex
      placed.insert(block, at: index)
      arenaByteCount = max(arenaByteCount, offset + blocks[block].byteCount)
    }
  }
}

extension Int {
  /// Rounded up so that the next block starts aligned for vector loops.
  fileprivate var roundedToBlock: Int { roundedUp(toMultipleOf: Storage.alignment) }
}
