package import NNCore
import NNKernels

/// A plan with memory: feed inputs, run, read results.
///
/// Kernels are bound to their addresses when the session is created; a run executes a flat list of
/// instructions and allocates nothing. Not `Sendable`: one task uses a session at a time; several
/// sessions of one plan may run at once.
package final class Session {
  private let plan: Plan
  private let arena: Storage
  private let memory: SessionMemory?
  private var inputs: [String: (type: TensorType, storage: Storage)] = [:]
  private var constants: [Int: Storage] = [:]
  private let variables: VariableStore
  private var variableStorage: [String: Storage] = [:]
  private var phases: [Kernel.Phase] = []
  /// The step that each phase belongs to.
  private var stepOfPhase: [Int] = []
  /// The phase before which `run(before:)` stops.
  private var gate: Int?
  /// The memory of each fetch, and the number of phases after which it is computed.
  private var fetches: [String: (buffer: Buffer, phaseCount: Int)] = [:]
  /// The number of phases that the current run has finished.
  private var finishedPhases = 0
  private var hasRun = false
  /// The number of phases at the start that run only if variables have changed since
  /// `preparedVersion`.
  private var invariantPhaseCount = 0
  private var preparedVersion: Int?
  private let changesVariables: Bool
  /// The duration of each instruction; nil unless it is measured.
  package let times: RunTimes?

  /// Allocates memory for a plan and binds its kernels.
  ///
  /// - Parameters:
  ///   - variables: Holds the variables; missing ones start as zeros.
  ///   - memory: Memory for intermediates that is shared with other sessions; nil for own memory.
  ///   - measuresTimes: Whether to measure the time of each instruction.
  package init(
    _ plan: Plan, variables: VariableStore, memory: SessionMemory? = nil,
    measuresTimes: Bool = false
  ) {
    self.plan = plan
    self.variables = variables
    self.memory = memory
    arena =
      memory?.arena(byteCount: plan.arenaByteCount)
      ?? Storage(uninitializedByteCount: plan.arenaByteCount)
    changesVariables = !plan.memory.copies.isEmpty || !plan.memory.updatingSteps.isEmpty
    let isTrace = Trace.wanted == .time
    times = isTrace || measuresTimes ? RunTimes(plan, isTrace: isTrace) : nil
    for (index, node) in plan.graph.nodes.enumerated() {
      switch node.op {
      case let input as Input:
        inputs[input.label] = (input.type, Storage(byteCount: input.type.byteCount))
      case let variable as Variable:
        variableStorage[variable.label] = variables.address(of: variable.label, variable.type)
      case let constant as Constant:
        let storage = Storage(byteCount: constant.tensor.byteCount)
        constant.tensor.withBytes { bytes in
          if let base = bytes.baseAddress {
            storage.address.copyMemory(from: base, byteCount: bytes.count)
          }
        }
        constants[index] = storage
      default: break
      }
    }
    // A variable that is only written has no node in the plan's graph.
    for copy in plan.memory.copies where variableStorage[copy.to] == nil {
      variableStorage[copy.to] = variables.address(of: copy.to, plan.graph.type(of: copy.from))
    }
    for step in plan.memory.steps {
      for output in step.allOutputs {
        if case .variable(let name, _) = plan.memory.location(of: output),
          variableStorage[name] == nil
        {
          variableStorage[name] = variables.address(of: name, plan.graph.type(of: output))
        }
      }
    }
    bind()
  }

  /// Bytes of the arena that intermediates share.
  package var arenaByteCount: Int { plan.arenaByteCount }
  /// Whether results can be read: the session has run, and no other one in the same memory since.
  var hasResults: Bool { hasRun && (memory?.holdsResults(of: self) ?? true) }

  /// The first variable, by name, that the store no longer holds at its address; nil if there is none.
  var replacedVariable: String? {
    variableStorage.filter { !variables.holds($0.key, at: $0.value) }.keys.min()
  }

  /// The names of the inputs that the plan reads.
  var inputNames: [String] { Array(inputs.keys) }
  /// Bytes of the inputs, which are written before every step.
  package var inputByteCount: Int { inputs.values.reduce(0) { $0 + $1.storage.byteCount } }

  /// Fills an input; shape and element type must be those of the plan.
  package func write(_ name: String, _ tensor: HostTensor) {
    guard let input = inputs[name] else { return }
    precondition(
      input.type == TensorType(tensor.shape, tensor.dtype),
      "input \(name) takes \(input.type), got \(tensor.dtype)\(tensor.shape)")
    tensor.withBytes { bytes in
      if let base = bytes.baseAddress {
        input.storage.address.copyMemory(from: base, byteCount: bytes.count)
      }
    }
  }

  /// Fills an input with scalars of its type, in row-major order.
  package func write<Scalar: TensorScalar>(_ name: String, _ scalars: some Collection<Scalar>) {
    guard let input = inputs[name] else { return }
    precondition(
      input.type.dtype == Scalar.dtype && input.type.shape.elementCount == scalars.count,
      "input \(name) takes \(input.type), got \(scalars.count) of \(Scalar.dtype)")
    let target = input.storage.address.assumingMemoryBound(to: Scalar.self)
    for (index, scalar) in scalars.enumerated() { target[index] = scalar }
  }

  /// Fills a floating-point input with numbers, rounded to its type, in row-major order.
  package func write(_ name: String, numbers: [Double]) {
    if inputs[name]?.type.dtype == .float64 {
      write(name, numbers)
    } else {
      write(name, numbers.lazy.map(Float.init))
    }
  }

  /// Fills a scalar input of a floating-point type.
  package func writeScalar(_ name: String, _ number: Double) {
    guard let input = inputs[name] else { return }
    precondition(input.type.shape.elementCount == 1, "input \(name) takes \(input.type)")
    if input.type.dtype == .float64 {
      input.storage.address.assumingMemoryBound(to: Double.self).pointee = number
    } else {
      input.storage.address.assumingMemoryBound(to: Float.self).pointee = Float(number)
    }
  }

  /// Runs the plan once.
  package func run() { run(firstPhase..<phases.count) }

  /// Runs everything before the first instruction that changes one of these variables, so that the
  /// caller can read results before the old values are overwritten; `runRest()` runs the rest.
  package func run(before variables: Set<String>) {
    if gate == nil { gate = firstPhase(changing: variables) }
    run(firstPhase..<(gate ?? phases.count))
  }

  /// Runs everything after the point at which `run(before:)` stopped.
  package func runRest() { run((gate ?? phases.count)..<phases.count) }

  /// The first phase that a run needs: results that depend only on variables may still be valid.
  private var firstPhase: Int {
    let isPrepared = memory?.isUntouched(since: self) ?? true
    defer { preparedVersion = variables.version }
    return isPrepared && preparedVersion == variables.version ? invariantPhaseCount : 0
  }

  private func run(_ range: Range<Int>) {
    hasRun = true
    let state = nn_denormals_flush()
    for index in range {
      if let times {
        times.measure(stepOfPhase[index]) { run(phases[index]) }
      } else {
        run(phases[index])
      }
    }
    finishedPhases = range.upperBound
    if range.upperBound == phases.count { times?.finishRun() }
    nn_denormals_restore(state)
    guard changesVariables else { return }
    // This plan's invariant results do not depend on what it changes.
    let isPrepared = preparedVersion == variables.version
    variables.noteChange()
    if isPrepared { preparedVersion = variables.version }
  }

  private func run(_ phase: Kernel.Phase) {
    // The plan has reserved scratch memory for `workers` threads; the pool may have more by now.
    WorkerPool.run(phase.chunks, phase.body, upTo: plan.workers)
  }

  private func firstPhase(changing variables: Set<String>) -> Int {
    let steps = plan.memory.steps
    let first = steps.firstIndex {
      !plan.memory.variables(writtenBy: $0).isDisjoint(with: variables)
    }
    return stepOfPhase.firstIndex { $0 >= first ?? steps.count } ?? phases.count
  }

  /// The memory of a fetched value, once the current run has computed it.
  private func fetched(_ name: String) -> Buffer {
    guard let fetch = fetches[name] else {
      preconditionFailure("\(name) is not among the plan's fetches")
    }
    precondition(fetch.phaseCount <= finishedPhases, "\(name) is read before it has been computed")
    return fetch.buffer
  }

  /// Returns a copy of a fetched value of the last run.
  package func read(_ name: String) -> HostTensor {
    let source = fetched(name)
    return HostTensor(shape: source.type.shape, dtype: source.type.dtype) { bytes in
      bytes.baseAddress?.copyMemory(from: source.address, byteCount: bytes.count)
    }
  }

  /// The elements of a fetched floating-point value of the last run.
  package func numbers(_ name: String) -> [Double] {
    let source = fetched(name)
    return source.type.dtype == .float64
      ? Array(UnsafeBufferPointer(start: source.pointer(as: Double.self), count: source.count))
      : UnsafeBufferPointer(start: source.pointer(as: Float.self), count: source.count)
        .map(Double.init)
  }

  /// Returns a fetched scalar of the last run, without allocating.
  package func readScalar(_ name: String) -> Double {
    let source = fetched(name)
    precondition(source.count == 1, "\(name) is \(source.type), not a scalar")
    return source.type.dtype == .float64
      ? source.pointer(as: Double.self).pointee : Double(source.pointer(as: Float.self).pointee)
  }

  /// The Euclidean norm √Σx² of a fetched value of the last run.
  package func norm(of name: String) -> Double {
    let source = fetched(name)
    let loops = Kernels.table(for: source.type.dtype)
    let square = loops.pointee.row_dot(source.address, source.address, source.count)
    return source.type.dtype == .float32
      ? EuclideanNorm.isExact(Float(square))
        ? square.squareRoot()
        : EuclideanNorm.scaled(source.pointer(as: Float.self), source.count)
      : EuclideanNorm.isExact(square)
        ? square.squareRoot()
        : EuclideanNorm.scaled(source.pointer(as: Double.self), source.count)
  }

  // MARK: - Binding

  private func bind() {
    for (index, step) in plan.memory.steps.enumerated() {
      let scratch = plan.memory.scratch[index].map {
        arena.address + plan.memory.blocks[$0].offset
      }
      let kernel = prepare(step, scratch: scratch ?? arena.address)
      phases += kernel.phases
      stepOfPhase += kernel.phases.map { _ in index }
      if index < plan.memory.invariantStepCount { invariantPhaseCount = phases.count }
    }
    for (name, value) in plan.fetches {
      // Inputs, variables and constants are available before the first phase.
      let last = plan.memory.step(computing: value).flatMap { step in
        stepOfPhase.lastIndex { $0 <= step }
      }
      fetches[name] = (buffer(value), last.map { $0 + 1 } ?? 0)
    }
    // Copies of variables go through staging memory, so that all updates read the old values.
    let copies = plan.memory.copies.map { copy in
      (from: buffer(copy.from), to: variableStorage[copy.to]?.address)
    }
    let staged = copies.map { Storage(byteCount: $0.from.type.byteCount) }
    guard !copies.isEmpty else { return }
    let kernel = Kernel.serial {
      for (copy, stage) in zip(copies, staged) {
        stage.address.copyMemory(from: copy.from.address, byteCount: stage.byteCount)
      }
      for (copy, stage) in zip(copies, staged) {
        copy.to?.copyMemory(from: stage.address, byteCount: stage.byteCount)
      }
    }
    phases += kernel.phases
    stepOfPhase.append(plan.memory.steps.count)
  }

  private func prepare(_ step: PlannedStep, scratch: UnsafeMutableRawPointer) -> Kernel {
    let inputs = step.inputs.map(buffer)
    let outputs = step.outputs.map(buffer)
    var epilogue: Epilogue?
    if let attached = step.epilogue {
      let used = step.op.scratchByteCount(
        inputs: inputs.map(\.type), outputs: outputs.map(\.type), workers: plan.workers
      ).roundedUp(toMultipleOf: Storage.alignment)
      let context = KernelContext(
        inputs: attached.inputs.map(buffer), outputs: attached.outputs.map(buffer),
        scratch: scratch + used, workers: plan.workers, epilogue: nil)
      epilogue = Epilogue(run: attached.op.bind(context))
    }
    return step.op.prepare(
      KernelContext(
        inputs: inputs, outputs: outputs, scratch: scratch, workers: plan.workers,
        epilogue: epilogue,
        unreadOutputs: Set(
          step.outputs.indices.filter { plan.memory.unread.contains(step.outputs[$0]) })))
  }

  private func buffer(_ value: ValueID) -> Buffer {
    let type = plan.graph.type(of: value)
    let location = plan.memory.location(of: value)
    let start: UnsafeMutableRawPointer?
    let bytes: Int
    switch location {
    case .arena(let block, let offset):
      start = arena.address + plan.memory.blocks[block].offset
      bytes = offset
    case .variable(let name, let offset):
      start = variableStorage[name]?.address
      bytes = offset
    case .input(let name, let offset):
      start = inputs[name]?.storage.address
      bytes = offset
    case .constant(let node, let offset):
      start = constants[node]?.address
      bytes = offset
    }
    guard let start else { preconditionFailure("\(location) has no memory") }
    return Buffer(address: start + bytes, type: type)
  }
}
