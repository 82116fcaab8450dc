import NNCore

/// Where every tensor of a plan lies: intermediates share one arena by their lifetimes, results
/// that update variables are written where the variable lives, parts of a packed tensor where the
/// packed tensor lives.
struct MemoryPlan {
  /// The start of a tensor's memory.
  enum Place: Hashable {
    case arena(block: Int, offset: Int)
    case variable(String, offset: Int)
    case input(String, offset: Int)
    case constant(Int, offset: Int)

    func advanced(by bytes: Int) -> Place {
      switch self {
      case .arena(let block, let offset): .arena(block: block, offset: offset + bytes)
      case .variable(let name, let offset): .variable(name, offset: offset + bytes)
      case .input(let name, let offset): .input(name, offset: offset + bytes)
      case .constant(let node, let offset): .constant(node, offset: offset + bytes)
      }
    }
  }

  /// A piece of the arena that is taken from one step to another.
  struct Block {
    var byteCount: Int
    var first: Int
    var last: Int
    var offset = 0
  }

  private(set) var blocks: [Block] = []
  private(set) var arenaByteCount = 0
  /// Scratch block of each step that asked for one.
  private(set) var scratch: [Int?] = []
  /// The schedule, with copies added for updates that could not be written in place.
  private(set) var steps: [PlannedStep]
  /// How many steps at the start read nothing but constants and variables that the plan leaves as
  /// they are: their results hold from run to run, in memory that no other tensor shares.
  private(set) var lastingStepCount = 0
  /// Outputs of steps that no step reads, and no caller.
  private(set) var unread: Set<ValueID> = []
  /// Values to copy into variables once all steps have run.
  private(set) var copies: [(from: ValueID, to: String)] = []

  private let graph: Graph
  private var places: [ValueID: Place] = [:]
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
    if reuses { moveLastingSteps(updates) }
    findLastUses(kept: kept)
    placeUpdates(updates)
    findUnread()
    placePackedParts(kept: kept)
    placeIntermediates(kept: kept, reuses: reuses)
    bookScratch(workers: workers)
    layOut(reuses: reuses)
  }

  /// Where a value lies, through any views.
  func place(of value: ValueID) -> Place {
    let (base, offset) = base(of: value)
    switch graph.nodes[base.node].op {
    case let input as Input: return .input(input.label, offset: offset)
    case let variable as Variable: return .variable(variable.label, offset: offset)
    case is Constant: return .constant(base.node, offset: offset)
    default:
      guard let place = places[base] else {
        preconditionFailure("node \(base.node) has no memory")
      }
      return place.advanced(by: offset)
    }
  }

  /// The place in the schedule of the step that computes a value, through any views; nil for inputs,
  /// variables and constants.
  func step(computing value: ValueID) -> Int? {
    writers[base(of: value).0]
  }

  /// The steps that write variables.
  var updatingSteps: [PlannedStep] {
    steps.filter { !variables(writtenBy: $0).isEmpty }
  }

  /// The variables whose memory a step writes.
  func variables(writtenBy step: PlannedStep) -> Set<String> {
    Set(
      step.allOutputs.compactMap {
        if case .variable(let name, _) = place(of: $0) { name } else { nil }
      })
  }

  /// The sum of all blocks: what the arena would take without sharing.
  var unsharedByteCount: Int { blocks.reduce(0) { $0 + $1.byteCount } + sharedInPlaceByteCount }
  private var sharedInPlaceByteCount = 0

  // MARK: - Passes

  private func base(of value: ValueID) -> (ValueID, offset: Int) {
    var value = value
    var offset = 0
    while let view = graph.nodes[value.node].op.asView {
      value = graph.nodes[value.node].inputs[0]
      offset += view.byteOffset(input: graph.type(of: value))
    }
    return (value, offset)
  }

  /// The label of the variable that a value is.
  private func variable(of value: ValueID) -> String? {
    (graph.nodes[value.node].op as? Variable)?.label
  }

  private func isComputed(_ value: ValueID) -> Bool {
    let op = graph.nodes[value.node].op
    return !(op is Input || op is Variable || op is Constant)
  }

  /// Puts the steps first whose results last.
  private mutating func moveLastingSteps(_ updates: [(variable: String, value: ValueID)]) {
    // By steps, not by nodes: one step may give results that last together with others.
    var lasting = graph.lastingLeaves(changing: Set(updates.map(\.variable)))
    var first: [PlannedStep] = []
    var rest: [PlannedStep] = []
    for step in steps {
      // An epilogue reads what its own step gives.
      let sources = step.allInputs.map { base(of: $0).0 }.filter { !step.outputs.contains($0) }
      if !sources.isEmpty, sources.allSatisfy({ lasting.contains($0.node) }) {
        lasting.formUnion(step.allOutputs.map(\.node))
        first.append(step)
      } else {
        rest.append(step)
      }
    }
    steps = first + rest
    lastingStepCount = first.count
  }

  private mutating func findLastUses(kept: Set<ValueID>) {
    for (index, step) in steps.enumerated() {
      for output in step.allOutputs {
        lastUse[output] = index
        writers[output] = index
      }
      for input in step.allInputs {
        let base = base(of: input).0
        lastUse[base] = index
        if let variable = variable(of: base) { lastRead[variable] = index }
      }
    }
    for value in kept { lastUse[base(of: value).0] = steps.count }
    for output in steps[..<lastingStepCount].flatMap(\.allOutputs)
    where lastUse[output, default: 0] >= lastingStepCount { lastUse[output] = steps.count }
  }

  private mutating func findUnread() {
    for (index, step) in steps.enumerated() {
      // What updates a variable has its place by now.
      unread.formUnion(step.allOutputs.filter { lastUse[$0] == index && places[$0] == nil })
    }
  }

  private mutating func placeUpdates(_ updates: [(variable: String, value: ValueID)]) {
    let sources = Set(updates.map { base(of: $0.value).0 })
    // What another update takes from a variable must be what the run began with.
    let copied = Set(sources.compactMap(variable(of:)))
    for update in updates {
      let (base, offset) = base(of: update.value)
      if let writer = writers[base], writer >= lastingStepCount, offset == 0, places[base] == nil,
        graph.type(of: base).byteCount == graph.type(of: update.value).byteCount,
        !copied.contains(update.variable), mayWrite(update.variable, in: writer, as: base)
      {
        places[base] = .variable(update.variable, offset: 0)
        placeSource(of: base, writtenIn: writer, over: update.variable, except: sources)
      } else {
        lastUse[base] = steps.count
        copies.append((update.value, update.variable))
      }
    }
  }

  /// Lets what a step changes in place lie in the variable's memory, too, from where it was made.
  private mutating func placeSource(
    of value: ValueID, writtenIn index: Int, over variable: String, except updates: Set<ValueID>
  ) {
    guard let input = inPlaceInput(of: steps[index], writing: value) else { return }
    let source = base(of: input).0
    guard isComputed(source), places[source] == nil, lastUse[source] == index,
      !updates.contains(source),
      steps[index].allInputs.count(where: { base(of: $0).0 == source }) == 1,
      let writer = writers[source], writer >= lastingStepCount,
      mayWrite(variable, in: writer, as: source)
    else { return }
    places[source] = .variable(variable, offset: 0)
    placeSource(of: source, writtenIn: writer, over: variable, except: updates)
  }

  /// Whether step `index` may write its output over a variable: nobody reads the old contents
  /// afterwards, and the step itself reads them only element for element.
  private func mayWrite(_ variable: String, in index: Int, as output: ValueID) -> Bool {
    func reads(_ value: ValueID) -> Bool { self.variable(of: base(of: value).0) == variable }
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

  /// The input whose memory the op itself may write `output` over.
  private func inPlaceInput(of step: PlannedStep, writing output: ValueID) -> ValueID? {
    guard output == step.outputs[0], let place = step.op.inPlaceInput else { return nil }
    let (base, offset) = base(of: step.inputs[place])
    let isWhole = graph.type(of: base).byteCount == graph.type(of: output).byteCount
    return offset == 0 && isWhole ? step.inputs[place] : nil
  }

  /// The program that writes `output`, with its inputs.
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
    let (base, offset) = base(of: part.inputs[index])
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
      let place = places[output] ?? .arena(block: newBlock(type.byteCount, at: index), offset: 0)
      places[output] = place
      for (input, offset) in zip(step.inputs, pack.offsets) {
        let (part, partOffset) = base(of: input)
        guard
          isComputed(part), places[part] == nil, partOffset == 0, !kept.contains(input),
          graph.type(of: part).byteCount == graph.type(of: input).byteCount,
          // A variable's memory must keep its old contents until all reads are done.
          case .arena(let block, _) = place,
          let writer = writers[part]
        else { continue }
        places[part] = place.advanced(by: offset * type.dtype.byteCount)
        blocks[block].first = min(blocks[block].first, writer)
        blocks[block].last = max(blocks[block].last, lastUse[part] ?? index)
      }
      if case .arena(let block, _) = place {
        blocks[block].last = max(blocks[block].last, lastUse[output] ?? index)
      }
    }
  }

  private mutating func placeIntermediates(kept: Set<ValueID>, reuses: Bool) {
    for (index, step) in steps.enumerated() {
      for output in step.allOutputs where places[output] == nil {
        let last = lastUse[output] ?? index
        if reuses, let block = blockToReuse(for: output, step: step, index: index) {
          places[output] = .arena(block: block, offset: 0)
          blocks[block].last = max(blocks[block].last, last)
          sharedInPlaceByteCount += graph.type(of: output).byteCount
        } else {
          let block = newBlock(graph.type(of: output).byteCount, at: index)
          blocks[block].last = last
          places[output] = .arena(block: block, offset: 0)
        }
      }
    }
  }

  /// The block of an operand that dies in this step and is read element for element.
  private func blockToReuse(for output: ValueID, step: PlannedStep, index: Int) -> Int? {
    if let input = inPlaceInput(of: step, writing: output),
      case .arena(let block, 0)? = places[base(of: input).0], blocks[block].last == index,
      blocks[block].byteCount == graph.type(of: output).byteCount.roundedToBlock,
      step.allInputs.filter({ occupies($0, block) }).count == 1,
      !step.allOutputs.contains(where: { occupies($0, block) })
    {
      return block
    }
    guard let part = elementwisePart(of: step, writing: output) else { return nil }
    let type = graph.type(of: output)
    for (position, input) in part.inputs.enumerated() {
      let source = base(of: input).0
      guard
        isComputed(source), case .arena(let block, 0)? = places[source],
        blocks[block].last == index, blocks[block].byteCount == type.byteCount.roundedToBlock,
        isWhole(part, position, type: type),
        // Other reads of the same memory must be element for element too.
        part.inputs.indices.allSatisfy({
          !occupies(part.inputs[$0], block) || isWhole(part, $0, type: type)
        }),
        step.epilogue == nil || !step.inputs.contains(where: { occupies($0, block) }),
        // Two outputs of one step may not meet in one block.
        !step.allOutputs.contains(where: { other in
          other != source && other != output && occupies(other, block)
        })
      else { continue }
      return block
    }
    return nil
  }

  private func occupies(_ value: ValueID, _ block: Int) -> Bool {
    if case .arena(block, _)? = places[base(of: value).0] { true } else { false }
  }

  private mutating func newBlock(_ byteCount: Int, at index: Int) -> Int {
    blocks.append(Block(byteCount: byteCount.roundedToBlock, first: index, last: index))
    return blocks.count - 1
  }

  private mutating func bookScratch(workers: Int) {
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

  /// Gives offsets: largest first, each at the lowest place free during its whole life.
  private mutating func layOut(reuses: Bool) {
    // In the order of their offsets.
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
      let place = placed.firstIndex { blocks[$0].offset > offset } ?? placed.endIndex
      placed.insert(block, at: place)
      arenaByteCount = max(arenaByteCount, offset + blocks[block].byteCount)
    }
  }
}

extension Int {
  /// Blocks start on the borders that vector loops like.
  fileprivate var roundedToBlock: Int { roundedUp(toMultipleOf: Storage.alignment) }
}
