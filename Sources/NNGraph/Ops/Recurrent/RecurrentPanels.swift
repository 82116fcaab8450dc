import NNCore
import NNKernels

/// The weights of a recurrent network in panels, as the loops read them: for each block of units
/// the columns that give its gates, or its part of the state's gradient.
struct RecurrentPanels {
  private struct Part {
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

  /// The hidden weight [gates · units, elements of h].
  ///
  /// - Parameter isBackward: As the backward pass reads it.
  init(_ form: RecurrentForm, _ split: RecurrentSplit, isBackward: Bool) {
    let (hidden, outputs) = (form.hidden, form.outputs)
    let together = form.cell.isGRU ? 2 : form.cell.gateCount
    for block in 0..<split.blocks {
      let units = split.units(block)
      if isBackward {
        let terms = form.cell == .gruResetBefore ? 2 * hidden : form.wide
        let columns = form.isProjected ? 0..<outputs : units
        add(terms: terms, columns: columns.count, from: columns.lowerBound, termStride: outputs)
        if form.cell == .gruResetBefore {
          add(
            terms: hidden, columns: columns.count, from: 2 * hidden * outputs + columns.lowerBound,
            termStride: outputs)
        }
      } else {
        add(
          terms: outputs, columns: together * units.count, from: units.lowerBound * outputs,
          run: units.count, runStride: hidden * outputs, columnStride: outputs)
        if form.cell.isGRU {
          add(
            terms: outputs, columns: units.count,
            from: (2 * hidden + units.lowerBound) * outputs, columnStride: outputs)
        }
      }
      if block == 0 { blockCount = count }
    }
  }

  /// The projection [elements of h, units].
  init(projectionOf form: RecurrentForm, isBackward: Bool) {
    if isBackward {
      add(terms: form.outputs, columns: form.hidden, from: 0, termStride: form.hidden)
    } else {
      add(terms: form.hidden, columns: form.outputs, from: 0, columnStride: form.hidden)
    }
  }

  /// Columns that are `columnStride` apart, rows that are `termStride` apart.
  private mutating func add(
    terms: Int, columns: Int, from source: Int, run: Int? = nil, runStride: Int = 0,
    columnStride: Int = 1, termStride: Int = 1
  ) {
    for first in stride(from: 0, to: columns, by: PackedMatrix.width) {
      parts.append(
        Part(
          target: count, source: source,
          packing: nn_packing(
            terms: terms, column_begin: first, column_end: min(columns, first + PackedMatrix.width),
            run: run ?? columns, run_stride: runStride, column_stride: columnStride,
            term_stride: termStride)))
      count += terms * PackedMatrix.width
    }
  }

  /// The kernel that writes the panels.
  func kernel(
    from source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer, dtype: DType
  ) -> Kernel {
    let loops = Kernels.table(for: dtype)
    let bytes = dtype.byteCount
    let grain = max(1, 16384 * parts.count / max(1, count))
    return .elements(parts.count, grain: grain) { [parts] range, _ in
      for index in range {
        withUnsafePointer(to: parts[index].packing) {
          loops.pointee.pack_columns(
            target + parts[index].target * bytes, source + parts[index].source * bytes, $0)
        }
      }
    }
  }
}

/// The hidden weight or the projection of a recurrent network in panels.
struct PackRecurrent: Op {
  static let name = "packRecurrent"
  let form: RecurrentForm
  let tensor: RecurrentTensor
  let steps: Int
  let rows: Int

  var attributes: String { tensor.rawValue }

  func inferTypes(_ inputs: [TensorType]) -> [TensorType] {
    [TensorType([panels.count], inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    preconditionFailure("the plan chooses algorithms after differentiation")
  }

  func prepare(_ context: KernelContext) -> Kernel {
    panels.kernel(
      from: context.inputs[0].address, to: context.outputs[0].address,
      dtype: context.inputs[0].type.dtype)
  }

  private var panels: RecurrentPanels {
    tensor == .projection
      ? RecurrentPanels(projectionOf: form, isBackward: false)
      : RecurrentPanels(
        form, RecurrentSplit(form, steps: steps, rows: rows), isBackward: false)
  }
}
