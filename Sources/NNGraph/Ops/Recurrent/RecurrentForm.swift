import NNCore

/// The attributes that the passes over a sequence share, and what follows from them: which tensors
/// there are and what shapes they have.
struct RecurrentForm: Hashable {
  let cell: RecurrentCell
  /// From the last step to the first.
  let isReversed: Bool
  /// Features of a step whose part of the gates is computed along with the state's; 0 where that part
  /// is given.
  var inputs = 0
  /// Whether the inputs' part has a bias.
  var hasBias = false
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

  /// Whether the product of the state counts for the gates otherwise than the inputs' part does.
  private var hasHiddenGates: Bool { cell == .gru }

  /// Rows of the forward pass's panels: inputs, a 1 and the state.
  var depth: Int { inputs == 0 ? outputs : inputs + 1 + outputs }

  /// The gradients of the weights, one behind another: the hidden weight, the input weight with the
  /// bias as its last column, GRU's hidden bias.
  var weightGradientCount: Int {
    inputs == 0 ? 0 : wide * (outputs + inputs + 1) + (cell == .gru ? hidden : 0)
  }

  /// Whether each step makes one product of its inputs and the state. Then the gates of all steps
  /// are not written and read once more, and neither are their gradients; but the weights must stay in
  /// the cache, and there must be rows enough for sums over one step to be products.
  static func takesInputs(
    _ cell: RecurrentCell, rows: Int, wide: Int, depth: Int, isProjected: Bool
  ) -> Bool {
    cell != .gruResetBefore && !isProjected && rows >= 16
      && wide * (depth + 1) <= RecurrentSplit.cachedWeights && depth > 0
  }

  var description: String {
    let options = [
      inputs > 0 ? "of \(inputs)" : nil, isReversed ? "reversed" : nil, isProjected ? "projected" : nil,
      hasInitialState ? "initial state" : nil, hasLengths ? "lengths" : nil,
    ]
    return (["\(cell.rawValue) \(hidden)"] + options.compactMap { $0 }).joined(separator: ", ")
  }

  // MARK: - Tensors

  /// The inputs of the forward pass.
  var given: [RecurrentTensor] {
    [.x, .hiddenWeight] + (inputs > 0 ? [.inputWeight] : []) + (hasBias ? [.bias] : [])
      + (hasHiddenBias ? [.hiddenBias] : []) + context
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
    guard inputs == 0 else { return [.gates, .weights] + (hasInitialState ? initial : []) }
    return [.gates] + (hasHiddenGates ? [.hiddenGates] : []) + (isProjected ? [.projected] : [])
      + (hasInitialState ? initial + [.firstGates] : [])
  }

  /// The type of a tensor, or of its gradient, for a number of steps and rows.
  func type(of tensor: RecurrentTensor, steps: Int, rows: Int, dtype: DType) -> TensorType {
    let shape: Shape =
      switch tensor {
      case .x: [steps, rows, inputs == 0 ? wide : inputs]
      case .gates, .hiddenGates: [steps, rows, wide]
      case .inputWeight: [wide, inputs]
      case .bias: [wide]
      case .weights: [weightGradientCount]
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
  /// The inputs, or their part of the gates.
  case x = "the inputs"
  /// [gates · units, features]
  case inputWeight = "the input weight"
  /// What is added to the gates.
  case bias = "the bias"
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
  /// All weights' gradients, flat.
  case weights = "the weights"
  /// `hiddenGates`, or `gates`, at each row's first step.
  case firstGates = "the gates of first steps"
}
