import NNCore
import NNKernels

/// A pass over a sequence, forward or backward: sizes, types, and the kernel of both.
struct RecurrentPass {
  let form: RecurrentForm
  let isBackward: Bool
  let steps: Int
  let rows: Int
  let dtype: DType
  private let split: RecurrentSplit

  init(_ form: RecurrentForm, isBackward: Bool, gates: TensorType) {
    self.form = form
    self.isBackward = isBackward
    (steps, rows, dtype) = (gates.shape[0], gates.shape[1], gates.dtype)
    split = RecurrentSplit(form, steps: steps, rows: rows)
  }

  func type(of tensor: RecurrentTensor) -> TensorType {
    form.type(of: tensor, steps: steps, rows: rows, dtype: dtype)
  }

  /// The pass that takes inputs of these types, among which `gates` says the numbers of steps and
  /// rows; or which of them does not fit.
  static func checked(
    _ form: RecurrentForm, isBackward: Bool, _ tensors: [RecurrentTensor], _ types: [TensorType],
    gates: RecurrentTensor
  ) throws(OpError) -> RecurrentPass {
    let named = zip(tensors, types)
    guard tensors.count == types.count, let type = named.first(where: { $0.0 == gates })?.1,
      type.dtype.isFloatingPoint, type.shape.rank == 3
    else {
      throw OpError(
        "\(form.cell.rawValue) takes \(gates.rawValue) as float32 or float64 [steps, rows, …], gets "
          + "\(types)")
    }
    guard type.shape[0] > 0, form.hidden > 0, form.outputs > 0 else {
      throw OpError(
        "\(form.cell.rawValue) takes at least one step and one unit, gets \(type.shape[0]) steps of "
          + "\(form.hidden) units")
    }
    let pass = RecurrentPass(form, isBackward: isBackward, gates: type)
    for (tensor, type) in named where type != pass.type(of: tensor) {
      throw OpError(
        "\(form.cell.rawValue) takes \(tensor.rawValue) as \(pass.type(of: tensor)), gets \(type)")
    }
    return pass
  }

  // MARK: - Kernel

  /// Where everything lies in the scratch memory.
  private struct Scratch {
    let panels: Int
    let projection: Int
    let states: Int
    let cells: Int
    /// Each chunk's sums of the weights' gradients.
    let sums: Int
    let tiles: Int
    let tile: Int
    let byteCount: Int
  }

  private func scratch(workers: Int, packs: Bool) -> Scratch {
    var end = 0
    func place(_ elements: Int) -> Int {
      defer {
        end += (elements * dtype.byteCount).roundedUp(toMultipleOf: Storage.alignment)
      }
      return end
    }
    let tile = (tileCount * dtype.byteCount).roundedUp(toMultipleOf: Storage.alignment)
    let panels = place(packs ? hiddenPanels.count : 0)
    let projection = place(packs && form.isProjected ? projectionPanels.count : 0)
    let states = place((isBackward ? 1 : 2) * rows * form.outputs)
    let cells = place(form.cell.isLSTM ? rows * form.hidden : 0)
    let sums = end
    if sumsGradients { end += partialSums.scratchByteCount(workers: workers) }
    return Scratch(
      panels: panels, projection: projection, states: states, cells: cells, sums: sums, tiles: end,
      tile: tile, byteCount: end + tile * workers)
  }

  /// Elements of what a worker keeps for a step.
  private var tileCount: Int {
    guard isBackward else {
      let gates = (form.cell.gateCount + 1) * split.block
      return split.rowExtent * (gates + (form.inputs > 0 ? form.depth : 0))
    }
    // Gradients of both parts of the gates, 16 elements apart from row to row.
    let step = form.inputs > 0 ? 2 * (form.wide + 16) + form.depth : 0
    return split.rowExtent * (split.block + step) + 16
  }

  private var sumsGradients: Bool { isBackward && form.inputs > 0 }
  private var partialSums: PartialSums {
    PartialSums(parts: split.chunks, count: form.weightGradientCount, dtype: dtype)
  }

  private var hiddenPanels: RecurrentPanels {
    RecurrentPanels(form, split, isBackward: isBackward)
  }
  private var projectionPanels: RecurrentPanels {
    RecurrentPanels(projectionOf: form, isBackward: isBackward)
  }

  func scratchByteCount(workers: Int, packs: Bool) -> Int {
    scratch(workers: workers, packs: packs).byteCount
  }

  /// The kernel, once the caller has named its buffers.
  ///
  /// - Parameters:
  ///   - weights: Where the weights lie.
  ///   - packs: Whether they are given as they are, so that each run packs them; else the hidden
  ///     weight and the projection are panels.
  ///   - gradients: Where the gradients of the weights go, if the pass takes inputs backwards.
  ///   - bind: Puts the other addresses into place.
  func kernel(
    _ context: KernelContext, weights: [RecurrentTensor: UnsafeMutableRawPointer], packs: Bool,
    gradients: UnsafeMutableRawPointer? = nil, _ bind: (inout nn_recurrent) -> Void
  ) -> Kernel {
    guard rows > 0 else { return .nothing }
    let layout = scratch(workers: context.workers, packs: packs)
    let memory = context.scratch
    var net = nn_recurrent()
    net.cell = form.cell.loopName
    net.reverse = form.isReversed
    (net.steps, net.batch) = (steps, rows)
    (net.hidden, net.outputs) = (form.hidden, form.outputs)
    (net.block, net.block_count) = (split.block, hiddenPanels.blockCount)
    net.inputs = form.inputs
    let panels = packs ? memory + layout.panels : weights[.hiddenWeight]
    net.weights = panels.map { UnsafeRawPointer($0) }
    if form.isProjected {
      let panels = packs ? memory + layout.projection : weights[.projection]
      net.projection = panels.map { UnsafeRawPointer($0) }
    }
    net.h = memory + layout.states
    net.c = form.cell.isLSTM ? memory + layout.cells : nil
    bind(&net)
    let loop =
      isBackward
      ? Kernels.table(for: dtype).pointee.recurrent_backward
      : Kernels.table(for: dtype).pointee.recurrent
    guard let loop else { preconditionFailure("a table without loops of recurrent networks") }
    let bound = net
    let sumCount = sumsGradients ? form.weightGradientCount * dtype.byteCount : 0
    var run = split.kernel(steps: isBackward ? steps + 1 : steps) { chunk, steps, worker in
      let (rows, units) = (split.rows(chunk), split.units(chunk))
      var part = nn_recurrent_part(
        row_begin: rows.lowerBound, row_end: rows.upperBound, unit_begin: units.lowerBound,
        unit_end: units.upperBound, step_begin: steps.lowerBound, step_end: steps.upperBound,
        d_weights: memory + layout.sums + chunk * sumCount)
      withUnsafePointer(to: bound) {
        loop($0, &part, memory + layout.tiles + worker * layout.tile)
      }
    }
    if let gradients, sumsGradients {
      let sums = KernelContext(
        inputs: [], outputs: [], scratch: memory + layout.sums, workers: context.workers,
        epilogue: nil)
      run = run.then(partialSums.kernel(into: gradients, sums))
    }
    guard packs else { return run }
    var packing = hiddenPanels.kernel(from: weights, to: memory + layout.panels, dtype: dtype)
    if form.isProjected {
      packing = packing.then(
        projectionPanels.kernel(from: weights, to: memory + layout.projection, dtype: dtype))
    }
    return packing.then(run)
  }
}
