import NNCore
import NNKernels

/// The packed weights of a recurrent layer: for each block of units, panels of the columns that
/// compute its gates, or its part of the state's gradient.
struct RecurrentPanels {
  private struct Part {
    let tensor: RecurrentTensor
    /// The first element in the panels.
    let target: Int
    /// The first element in the source.
    let source: Int
    let packing: nn_packing
  }

  private var parts: [Part] = []
  /// Elements of all panels.
  private(set) var count = 0
  /// Elements of a full block.
  private(set) var blockCount = 0

  /// The hidden weight [gates · units, elements of h] and, for the forward pass, the input weight
  /// and bias.
  ///
  /// - Parameter isBackward: Whether to pack the hidden weight for the backward pass.
  init(_ configuration: RecurrentConfiguration, _ split: RecurrentSplit, isBackward: Bool) {
    let (hidden, outputs) = (configuration.hidden, configuration.outputs)
    for block in 0..<split.blocks {
      let units = split.units(block)
      if isBackward {
        let terms = configuration.cell == .gruResetBefore ? 2 * hidden : configuration.wide
        let columns = configuration.isProjected ? 0..<outputs : units
        add(
          .hiddenWeight, terms: terms, columns: columns.count, from: columns.lowerBound,
          termStride: outputs)
        if configuration.cell == .gruResetBefore {
          add(
            .hiddenWeight, terms: hidden, columns: columns.count,
            from: 2 * hidden * outputs + columns.lowerBound, termStride: outputs)
        }
      } else if configuration.cell.isGRU {
        addGates(0..<2, units, configuration)
        addGates(2..<3, units, configuration)
      } else {
        addGates(0..<configuration.cell.gateCount, units, configuration)
      }
      if block == 0 { blockCount = count }
    }
  }

  /// Panels of some gates of some units: rows of the input weight, of the bias, of the hidden
  /// weight.
  private mutating func addGates(
    _ gates: Range<Int>, _ units: Range<Int>, _ configuration: RecurrentConfiguration
  ) {
    let columns = gates.count * units.count
    let stacked: [(RecurrentTensor, terms: Int)] =
      (configuration.inputs > 0 ? [(.inputWeight, configuration.inputs), (.bias, 1)] : [])
      + [(.hiddenWeight, configuration.outputs)]
    var row = 0
    for (tensor, terms) in stacked {
      let first = (gates.lowerBound * configuration.hidden + units.lowerBound) * terms
      add(
        tensor, terms: terms, columns: columns, from: first, run: units.count,
        runStride: configuration.hidden * terms, columnStride: terms, depth: configuration.depth,
        row: row)
      row += terms
    }
    count +=
      (columns + PackedMatrix.width - 1) / PackedMatrix.width * configuration.depth
      * PackedMatrix.width
  }

  /// The projection [elements of h, units].
  init(projectionOf configuration: RecurrentConfiguration, isBackward: Bool) {
    if isBackward {
      add(
        .projection, terms: configuration.outputs, columns: configuration.hidden, from: 0,
        termStride: configuration.hidden)
    } else {
      add(
        .projection, terms: configuration.hidden, columns: configuration.outputs, from: 0,
        columnStride: configuration.hidden)
    }
  }

  /// Adds panels with a column stride of `columnStride` and a row stride of `termStride`.
  ///
  /// - Parameter depth: The rows of the panels if this tensor fills only some of them, from `row`
  ///   on; the caller then adds the panels to `count`.
  private mutating func add(
    _ tensor: RecurrentTensor, terms: Int, columns: Int, from source: Int, run: Int? = nil,
    runStride: Int = 0, columnStride: Int = 1, termStride: Int = 1, depth: Int? = nil, row: Int = 0
  ) {
    let width = PackedMatrix.width
    for first in stride(from: 0, to: columns, by: width) {
      parts.append(
        Part(
          tensor: tensor, target: count + (first / width * (depth ?? terms) + row) * width,
          source: source,
          packing: nn_packing(
            terms: terms, column_begin: first, column_end: min(columns, first + width),
            run: run ?? columns, run_stride: runStride, column_stride: columnStride,
            term_stride: termStride)))
    }
    if depth == nil { count += (columns + width - 1) / width * terms * width }
  }

  /// The kernel that writes the panels; zeros for missing tensors.
  func kernel(
    from sources: [RecurrentTensor: UnsafeMutableRawPointer], to target: UnsafeMutableRawPointer,
    dtype: DType
  ) -> Kernel {
    let loops = Kernels.table(for: dtype)
    let bytes = dtype.byteCount
    let grain = max(1, 16384 * parts.count / max(1, count))
    let bound = parts.map { part in
      (
        source: sources[part.tensor].map { $0 + part.source * bytes },
        target: target + part.target * bytes, packing: part.packing
      )
    }
    return .elements(bound.count, grain: grain) { range, _ in
      for index in range {
        guard let source = bound[index].source else {
          bound[index].target.initializeMemory(
            as: UInt8.self, repeating: 0,
            count: bound[index].packing.terms * PackedMatrix.width * bytes)
          continue
        }
        withUnsafePointer(to: bound[index].packing) {
          loops.pointee.pack_columns(bound[index].target, source, $0)
        }
      }
    }
  }
}

/// Packs the hidden weight (with the input weight and bias) or the projection of a recurrent layer.
///
/// Inputs: the tensors of `sources`.
struct PackRecurrent: KernelOp {
  static let name = "packRecurrent"
  let configuration: RecurrentConfiguration
  let tensor: RecurrentTensor
  let steps: Int
  let batch: Int

  var attributes: Attributes { ["tensor": .string(tensor.rawValue)] }
  /// The tensors that are packed.
  var sources: [RecurrentTensor] { configuration.packed(with: tensor) }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType([panels.count], inputs[0].dtype)]
  }

  func prepare(_ context: KernelContext) -> Kernel {
    panels.kernel(
      from: Dictionary(uniqueKeysWithValues: zip(sources, context.inputs.map(\.address))),
      to: context.outputs[0].address,
      dtype: context.inputs[0].type.dtype)
  }

  private var panels: RecurrentPanels {
    tensor == .projection
      ? RecurrentPanels(projectionOf: configuration, isBackward: false)
      : RecurrentPanels(
        configuration, RecurrentSplit(configuration, steps: steps, batch: batch), isBackward: false)
  }
}

extension RecurrentConfiguration {
  /// Panels of the weights `packed(with: weight)`, for a number of steps and a batch size.
  package func panels(
    _ weight: RecurrentTensor, _ sources: [Value], steps: Int, batch: Int
  ) -> Value {
    let op = PackRecurrent(configuration: self, tensor: weight, steps: steps, batch: batch)
    return sources[0].graph.add(op, sources)[0]
  }
}
