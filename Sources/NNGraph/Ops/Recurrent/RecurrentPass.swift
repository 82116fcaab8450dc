import NNCore
import NNKernels

/// A forward or backward pass over a sequence: sizes, types and the kernel.
struct RecurrentPass {
  let configuration: RecurrentConfiguration
  let isBackward: Bool
  let steps: Int
  let batch: Int
  let dtype: DType
  private let split: RecurrentSplit

  init(_ configuration: RecurrentConfiguration, isBackward: Bool, gates: TensorType) {
    self.configuration = configuration
    self.isBackward = isBackward
    (steps, batch, dtype) = (gates.shape[0], gates.shape[1], gates.dtype)
    split = RecurrentSplit(configuration, steps: steps, batch: batch)
  }

  func type(of tensor: RecurrentTensor) -> TensorType {
    configuration.type(of: tensor, steps: steps, batch: batch, dtype: dtype)
  }

  /// Checks the types of a pass's inputs and returns the pass. The tensor `gates` determines the
  /// number of steps and the batch size.
  ///
  /// - Throws: `OpError` for an input of a wrong type.
  static func checked(
    _ configuration: RecurrentConfiguration, isBackward: Bool, _ tensors: [RecurrentTensor],
    _ types: [TensorType],
    gates: RecurrentTensor
  ) throws(OpError) -> RecurrentPass {
    let named = zip(tensors, types)
    guard tensors.count == types.count, let type = named.first(where: { $0.0 == gates })?.1,
      type.dtype.isFloatingPoint, type.shape.rank == 3
    else {
      throw OpError(
        "\(configuration.cell.rawValue) takes \(gates.rawValue) as float32 or float64 "
          + "[steps, batch, …], gets \(types)")
    }
    guard type.shape[0] > 0, configuration.hidden > 0, configuration.outputs > 0 else {
      throw OpError(
        "\(configuration.cell.rawValue) takes at least one step and one unit, "
          + "gets \(type.shape[0]) steps of \(configuration.hidden) units")
    }
    let pass = RecurrentPass(configuration, isBackward: isBackward, gates: type)
    for (tensor, type) in named where type != pass.type(of: tensor) {
      throw OpError(
        "\(configuration.cell.rawValue) takes \(tensor.rawValue) as "
          + "\(pass.type(of: tensor)), gets \(type)")
    }
    return pass
  }

  // MARK: - Kernel

  /// Byte offsets in the scratch memory.
  private struct Scratch {
    let panels: Int
    let projection: Int
    let states: Int
    let cells: Int
    /// The weights' gradients of each chunk.
    let sums: Int
    let tiles: Int
    let tile: Int
    let byteCount: Int
  }

  private func scratch(workers: Int, packs: Bool) -> Scratch {
    var end = 0
    func reserve(_ elements: Int) -> Int {
      defer {
        end += (elements * dtype.byteCount).roundedUp(toMultipleOf: Storage.alignment)
      }
      return end
    }
    let tile = (tileCount * dtype.byteCount).roundedUp(toMultipleOf: Storage.alignment)
    let panels = reserve(packs ? hiddenPanels.count : 0)
    let projection = reserve(packs && configuration.isProjected ? projectionPanels.count : 0)
    let states = reserve((isBackward ? 1 : 2) * batch * configuration.outputs)
    let cells = reserve(configuration.cell.isLSTM ? batch * configuration.hidden : 0)
    let sums = end
    if sumsGradients { end += partialSums.scratchByteCount(workers: workers) }
    return Scratch(
      panels: panels, projection: projection, states: states, cells: cells, sums: sums, tiles: end,
      tile: tile, byteCount: end + tile * workers)
  }

  /// Elements of a worker's memory for a step.
  private var tileCount: Int {
    guard isBackward else {
      let gates = (configuration.cell.gateCount + 1) * split.block
      return split.examplesPerChunk * (gates + (configuration.inputs > 0 ? configuration.depth : 0))
    }
    // Gradients of both parts of the gates, with 16 elements of padding per example.
    let step = configuration.inputs > 0 ? 2 * (configuration.wide + 16) + configuration.depth : 0
    return split.examplesPerChunk * (split.block + step) + 16
  }

  private var sumsGradients: Bool { isBackward && configuration.inputs > 0 }
  private var partialSums: PartialSums {
    PartialSums(parts: split.chunks, count: configuration.weightGradientCount, dtype: dtype)
  }

  private var hiddenPanels: RecurrentPanels {
    RecurrentPanels(configuration, split, isBackward: isBackward)
  }
  private var projectionPanels: RecurrentPanels {
    RecurrentPanels(projectionOf: configuration, isBackward: isBackward)
  }

  func scratchByteCount(workers: Int, packs: Bool) -> Int {
    scratch(workers: workers, packs: packs).byteCount
  }

  /// The kernel of the pass.
  ///
  /// - Parameters:
  ///   - weights: The addresses of the weights.
  ///   - packs: Whether each run packs the weights; else the hidden weight and the projection are
  ///     already packed.
  ///   - gradients: The address of the weights' gradients, for a backward pass that reads inputs.
  ///   - bind: Sets the other addresses.
  func kernel(
    _ context: KernelContext, weights: [RecurrentTensor: UnsafeMutableRawPointer], packs: Bool,
    gradients: UnsafeMutableRawPointer? = nil, _ bind: (inout nn_recurrent) -> Void
  ) -> Kernel {
    guard batch > 0 else { return .nothing }
    let layout = scratch(workers: context.workers, packs: packs)
    let memory = context.scratch
    var net = nn_recurrent()
    net.cell = configuration.cell.loopName
    net.reverse = configuration.isReversed
    (net.steps, net.batch) = (steps, batch)
    (net.hidden, net.outputs) = (configuration.hidden, configuration.outputs)
    (net.block, net.block_count) = (split.block, hiddenPanels.blockCount)
    net.inputs = configuration.inputs
    let panels = packs ? memory + layout.panels : weights[.hiddenWeight]
    net.weights = panels.map { UnsafeRawPointer($0) }
    if configuration.isProjected {
      let panels = packs ? memory + layout.projection : weights[.projection]
      net.projection = panels.map { UnsafeRawPointer($0) }
    }
    net.h = memory + layout.states
    net.c = configuration.cell.isLSTM ? memory + layout.cells : nil
    bind(&net)
    let loop =
      isBackward
      ? Kernels.table(for: dtype).pointee.recurrent_backward
      : Kernels.table(for: dtype).pointee.recurrent
    guard let loop else {
      preconditionFailure("the kernel table has no loops for recurrent networks")
    }
    let bound = net
    let sumCount = sumsGradients ? configuration.weightGradientCount * dtype.byteCount : 0
    var run = split.kernel(steps: isBackward ? steps + 1 : steps) { chunk, steps, worker in
      let (examples, units) = (split.examples(chunk), split.units(chunk))
      var part = nn_recurrent_part(
        row_begin: examples.lowerBound, row_end: examples.upperBound, unit_begin: units.lowerBound,
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
    if configuration.isProjected {
      packing = packing.then(
        projectionPanels.kernel(from: weights, to: memory + layout.projection, dtype: dtype))
    }
    return packing.then(run)
  }
}
