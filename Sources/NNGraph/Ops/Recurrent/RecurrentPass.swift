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
      type.dtype.isFloatingPoint, type.shape.rank == 3, type.shape[2] == form.wide
    else {
      throw OpError(
        "\(form.cell.rawValue) takes \(gates.rawValue) as float32 or float64 "
          + "[steps, rows, \(form.wide)], gets \(types)")
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
    let unitCount = split.block * (isBackward ? 1 : form.cell.gateCount + 1)
    let tile = (split.rowExtent * unitCount * dtype.byteCount)
      .roundedUp(toMultipleOf: Storage.alignment)
    let panels = place(packs ? hiddenPanels.count : 0)
    let projection = place(packs && form.isProjected ? projectionPanels.count : 0)
    let states = place((isBackward ? 1 : 2) * rows * form.outputs)
    let cells = place(form.cell.isLSTM ? rows * form.hidden : 0)
    return Scratch(
      panels: panels, projection: projection, states: states, cells: cells, tiles: end, tile: tile,
      byteCount: end + tile * workers)
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
  ///   - packs: Whether the weights are given as they are, so that each run packs them.
  ///   - bind: Puts the addresses into place.
  func kernel(
    _ context: KernelContext, weights: Buffer, projection: Buffer?, packs: Bool,
    _ bind: (inout nn_recurrent) -> Void
  ) -> Kernel {
    guard rows > 0 else { return .nothing }
    let places = scratch(workers: context.workers, packs: packs)
    let memory = context.scratch
    let offsets = offsets
    var net = nn_recurrent()
    net.cell = form.cell.loopName
    net.reverse = form.isReversed
    (net.steps, net.batch) = (steps, rows)
    (net.hidden, net.outputs) = (form.hidden, form.outputs)
    (net.block, net.block_count) = (split.block, hiddenPanels.blockCount)
    net.offsets = UnsafePointer(offsets.address.assumingMemoryBound(to: Int32.self))
    net.weights = UnsafeRawPointer(packs ? memory + places.panels : weights.address)
    if let projection {
      net.projection = UnsafeRawPointer(packs ? memory + places.projection : projection.address)
    }
    net.h = memory + places.states
    net.c = form.cell.isLSTM ? memory + places.cells : nil
    bind(&net)
    let loop = isBackward
      ? Kernels.table(for: dtype).pointee.recurrent_backward
      : Kernels.table(for: dtype).pointee.recurrent
    guard let loop else { preconditionFailure("a table without loops of recurrent networks") }
    let bound = net
    let run = split.kernel(steps: isBackward ? steps + 1 : steps) { rows, units, steps, worker in
      var part = nn_recurrent_part(
        row_begin: rows.lowerBound, row_end: rows.upperBound, unit_begin: units.lowerBound,
        unit_end: units.upperBound, step_begin: steps.lowerBound, step_end: steps.upperBound)
      withExtendedLifetime(offsets) {
        withUnsafePointer(to: bound) {
          loop($0, &part, memory + places.tiles + worker * places.tile)
        }
      }
    }
    guard packs else { return run }
    var packing = hiddenPanels.kernel(
      from: weights.address, to: memory + places.panels, dtype: dtype)
    if let projection {
      packing = packing.then(
        projectionPanels.kernel(
          from: projection.address, to: memory + places.projection, dtype: dtype))
    }
    return packing.then(run)
  }

  /// Where the rows of a panel begin.
  private var offsets: Storage {
    let count = max(form.wide, form.outputs)
    let storage = Storage(byteCount: count * MemoryLayout<Int32>.stride)
    let places = storage.address.assumingMemoryBound(to: Int32.self)
    for index in 0..<count { places[index] = Int32(index * PackedMatrix.width) }
    return storage
  }
}
