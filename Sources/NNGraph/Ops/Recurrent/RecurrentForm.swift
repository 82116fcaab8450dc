import NNCore

/// The attributes that the passes over a sequence share, and what follows from them: which tensors
/// there are and what shapes they have.
struct RecurrentForm: Hashable {
  let cell: RecurrentCell
  /// From the last step to the first.
  let isReversed: Bool
  /// Units.
  let hidden: Int
  /// Elements of h: those of its projection, or the units.
  let outputs: Int
  /// Whether h is a product of what the cell gives.
  let isProjected: Bool
  let hasHiddenBias: Bool
  let hasInitialState: Bool
  let hasLengths: Bool

  /// Elements of all gates of a step.
  var wide: Int { cell.gateCount * hidden }

  /// Whether the product of the state counts for the gates otherwise than the input's part does.
  var hasHiddenGates: Bool { cell == .gru }

  var description: String {
    let options = [
      isReversed ? "reversed" : nil, isProjected ? "projected" : nil,
      hasInitialState ? "initial state" : nil, hasLengths ? "lengths" : nil,
    ]
    return (["\(cell.rawValue) \(hidden)"] + options.compactMap { $0 }).joined(separator: ", ")
  }

  // MARK: - Tensors

  /// The inputs of the forward pass.
  var given: [RecurrentTensor] {
    [.x, .hiddenWeight] + (hasHiddenBias ? [.hiddenBias] : []) + context
  }

  /// What both passes take beside the weights.
  var context: [RecurrentTensor] {
    (hasInitialState ? initial : []) + (hasLengths ? [.lengths] : [])
      + (isProjected ? [.projection] : [])
  }

  private var initial: [RecurrentTensor] { cell.isLSTM ? [.initialH, .initialC] : [.initialH] }

  /// The outputs of the forward pass.
  var results: [RecurrentTensor] { [.y, .lastH] + (cell.isLSTM ? [.lastC] : []) + kept }

  /// What the forward pass keeps for the backward pass.
  var kept: [RecurrentTensor] {
    [.gates] + (cell.isLSTM ? [.cells] : []) + (cell.isGRU || isProjected ? [.extra] : [])
  }

  /// The outputs of the backward pass.
  var gradients: [RecurrentTensor] {
    [.gates] + (hasHiddenGates ? [.hiddenGates] : []) + (isProjected ? [.projected] : [])
      + (hasInitialState ? initial + [.firstGates] : [])
  }

  /// The type of a tensor, or of its gradient, for a number of steps and rows.
  func type(of tensor: RecurrentTensor, steps: Int, rows: Int, dtype: DType) -> TensorType {
    let shape: Shape =
      switch tensor {
      case .x, .gates, .hiddenGates: [steps, rows, wide]
      case .y, .projected: [steps, rows, outputs]
      case .cells, .extra: [steps, rows, hidden]
      case .lastH, .initialH: [rows, outputs]
      case .lastC, .initialC: [rows, hidden]
      case .firstGates: [rows, wide]
      case .hiddenWeight: [wide, outputs]
      case .hiddenBias: [hidden]
      case .projection: [outputs, hidden]
      case .lengths: [rows]
      }
    return TensorType(shape, tensor == .lengths ? .int32 : dtype)
  }
}

/// The tensors of a pass over a sequence. Time comes first: [steps, rows, …].
enum RecurrentTensor: String {
  /// The input's part of the gates.
  case x = "the input's part of the gates"
  /// U, gates one below another: [gates · units, elements of h].
  case hiddenWeight = "the hidden weight"
  /// What GRU adds to U h in n, in the form that resets after the product.
  case hiddenBias = "the hidden bias"
  case initialH = "the first state"
  case initialC = "the first cell"
  /// int32: the steps of each row. Later ones leave the state as it is and give zeros.
  case lengths = "the lengths"
  /// [elements of h, units]
  case projection = "the projection"
  /// h of each step.
  case y = "the outputs"
  case lastH = "the last state"
  case lastC = "the last cell"
  /// Each step's gates behind their functions.
  case gates = "the gates"
  /// c of each step.
  case cells = "the cells"
  /// Of each step U h + b of GRU's n, r h where it resets first, or what is projected.
  case extra = "what is kept of each step"
  /// The gradient of U h + b, where it is not that of the gates.
  case hiddenGates = "the hidden part of the gates"
  /// The gradient of h at each step.
  case projected = "what is projected"
  /// `hiddenGates`, or `gates`, at each row's first step.
  case firstGates = "the gates of first steps"
}
