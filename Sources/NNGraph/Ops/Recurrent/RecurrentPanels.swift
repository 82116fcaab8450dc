import NNCore
import NNKernels

/// The weights of a recurrent network in panels, as the loops read them: for each block of units
/// the columns that give its gates, or its part of the state's gradient.
struct RecurrentPanels {
  private struct Part {
    let tensor: RecurrentTensor
    /// Where it begins, in elements of the panels and of the source.
    let target: Int
    let source: Int
    let packing: nn_packing
  }

  private var parts: [Part] = []
  /// Elements of all panels.
  private(set) var count = 0
  /// Elements of a whole block.
  private(set) var blockCount = 0

  /// The hidden weight [gates · units, elements of h], and forward what the inputs meet.
  ///
  /// - Parameter isBackward: As the backward pass reads it.
  init(_ form: RecurrentForm, _ split: RecurrentSplit, isBackward: Bool) {
    let (hidden, outputs) = (form.hidden, form.outputs)
    for block in 0..<split.blocks {
      let units = split.units(block)
      if isBackward {
        let terms = form.cell == .gruResetBefore ? 2 * hidden : form.wide
        let columns = form.isProjected ? 0..<outputs : units
        add(
          .hiddenWeight, terms: terms, columns: columns.count, from: columns.lowerBound,
          termStride: outputs)
        if form.cell == .gruResetBefore {
          add(
            .hiddenWeight, terms: hidden, columns: columns.count,
            from: 2 * hidden * outputs + columns.lowerBound, termStride: outputs)
        }
      } else if form.cell.isGRU {
        addGates(0..<2, units, form)
        addGates(2..<3, units, form)
      } else {
        addGates(0..<form.cell.gateCount, units, form)
      }
      if block == 0 { blockCount = count }
    }
  }

  /// Panels of some gates of some units: rows of the input weight, of the bias, of the hidden weight.
  private mutating func addGates(_ gates: Range<Int>, _ units: Range<Int>, _ form: RecurrentForm) {
    let columns = gates.count * units.count
    let layers: [(RecurrentTensor, terms: Int)] =
      (form.inputs > 0 ? [(.inputWeight, form.inputs), (.bias, 1)] : [])
      + [(.hiddenWeight, form.outputs)]
    var row = 0
    for (tensor, terms) in layers {
      let first = (gates.lowerBound * form.hidden + units.lowerBound) * terms
      add(
        tensor, terms: terms, columns: columns, from: first, run: units.count,
        runStride: form.hidden * terms, columnStride: terms, depth: form.depth, row: row)
      row += terms
    }
    count += (columns + PackedMatrix.width - 1) / PackedMatrix.width * form.depth
      * PackedMatrix.width
  }

  /// The projection [elements of h, units].
  init(projectionOf form: RecurrentForm, isBackward: Bool) {
    if isBackward {
      add(
        .projection, terms: form.outputs, columns: form.hidden, from: 0, termStride: form.hidden)
    } else {
      add(
        .projection, terms: form.hidden, columns: form.outputs, from: 0, columnStride: form.hidden)
    }
  }

  /// Columns that are `columnStride` apart, rows that are `termStride` apart.
  ///
  /// - Parameter depth: Rows of the panels where these are but some of them, from `row` on; the
  ///   caller counts them then.
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

  /// The kernel that writes the panels; zeros where a tensor is not given.
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

/// The hidden weight, with what the inputs meet, or the projection of a recurrent network in panels.
///
/// Inputs: the tensors of `sources`.
struct PackRecurrent: Op {
  static let name = "packRecurrent"
  let form: RecurrentForm
  let tensor: RecurrentTensor
  let steps: Int
  let rows: Int

  var attributes: String { tensor.rawValue }
  /// What is packed.
  var sources: [RecurrentTensor] {
    tensor == .projection
      ? [.projection]
      : form.given.filter { [.hiddenWeight, .inputWeight, .bias].contains($0) }
  }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType([panels.count], inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    preconditionFailure("the plan chooses algorithms after differentiation")
  }

  func prepare(_ context: KernelContext) -> Kernel {
    panels.kernel(
      from: Dictionary(uniqueKeysWithValues: zip(sources, context.inputs.map(\.address))),
      to: context.outputs[0].address,
      dtype: context.inputs[0].type.dtype)
  }

  private var panels: RecurrentPanels {
    tensor == .projection
      ? RecurrentPanels(projectionOf: form, isBackward: false)
      : RecurrentPanels(
        form, RecurrentSplit(form, steps: steps, rows: rows), isBackward: false)
  }
}
