package import NNCore

/// The options of a recurrent layer and its gradient, and the tensors and shapes that follow from
/// them.
package struct RecurrentConfiguration: Hashable, Sendable {
  package let cell: RecurrentCell
  /// Whether the layer runs from the last step to the first.
  let isReversed: Bool
  /// The number of input features if each step computes the inputs' part of the gates; 0 if that
  /// part is an input.
  let inputs: Int
  /// Whether the inputs' part has a bias.
  let hasBias: Bool
  /// The number of units.
  package let hidden: Int
  /// The number of elements of h: those of its projection, or the units.
  let outputs: Int
  /// Whether h is a projection of the cell's output.
  package let isProjected: Bool
  let hasHiddenBias: Bool
  let hasInitialState: Bool
  let hasLengths: Bool

  /// Creates a configuration from its options.
  package init(
    cell: RecurrentCell, isReversed: Bool, inputs: Int, hasBias: Bool, hidden: Int, outputs: Int,
    isProjected: Bool, hasHiddenBias: Bool, hasInitialState: Bool, hasLengths: Bool
  ) {
    self.cell = cell
    self.isReversed = isReversed
    self.inputs = inputs
    self.hasBias = hasBias
    self.hidden = hidden
    self.outputs = outputs
    self.isProjected = isProjected
    self.hasHiddenBias = hasHiddenBias
    self.hasInitialState = hasInitialState
    self.hasLengths = hasLengths
  }

  /// The number of elements of all gates of a step.
  var wide: Int { cell.gateCount * hidden }

  /// Whether the gradient of the state's part of the gates differs from that of the inputs' part.
  private var hasHiddenGates: Bool { cell == .gru }

  /// The rows of the forward pass's panels: inputs, a 1 for the bias, and the state.
  var depth: Int { inputs == 0 ? outputs : inputs + 1 + outputs }

  /// The number of elements of the weights' gradients, one after another: the hidden weight, the
  /// input weight with the bias as its last column, GRU's hidden bias.
  var weightGradientCount: Int {
    inputs == 0 ? 0 : wide * (outputs + inputs + 1) + (cell == .gru ? hidden : 0)
  }

  /// Whether each step computes one matrix product of its inputs and the state. This saves writing
  /// and reading the gates of all steps, and their gradients, once more; but the weights must stay
  /// in the cache, and the batch must be large enough for the sums over one step to be matrix
  /// products.
  static func takesInputs(
    _ cell: RecurrentCell, batch: Int, wide: Int, depth: Int, isProjected: Bool
  ) -> Bool {
    cell != .gruResetBefore && !isProjected && batch >= 16
      && wide * (depth + 1) <= RecurrentSplit.cachedWeights && depth > 0
  }

  var attributes: Attributes {
    [
      "cell": .string(cell.rawValue), "hidden": .int(hidden), "inputs": .int(inputs),
      "outputs": .int(outputs), "reversed": .bool(isReversed), "projected": .bool(isProjected),
      "bias": .bool(hasBias), "hiddenBias": .bool(hasHiddenBias),
      "initialState": .bool(hasInitialState), "lengths": .bool(hasLengths),
    ]
  }

  // MARK: - Tensors

  /// The inputs of the forward pass.
  package var given: [RecurrentTensor] {
    [.x, .hiddenWeight] + (inputs > 0 ? [.inputWeight] : []) + (hasBias ? [.bias] : [])
      + (hasHiddenBias ? [.hiddenBias] : []) + context
  }

  /// The inputs of the backward pass after the gradients of results: the hidden weight, the
  /// outputs, what the forward pass kept, and the inputs of both passes.
  package var givenBackward: [RecurrentTensor] {
    [.hiddenWeight, .y] + (inputs > 0 ? [.x] : []) + kept + context
  }

  /// The tensors that are packed into panels together with a weight.
  package func packed(with weight: RecurrentTensor) -> [RecurrentTensor] {
    weight == .projection
      ? [.projection]
      : given.filter { [.hiddenWeight, .inputWeight, .bias].contains($0) }
  }

  /// The inputs of both passes in addition to the weights.
  var context: [RecurrentTensor] {
    (hasInitialState ? initial : []) + (hasLengths ? [.lengths] : [])
      + (isProjected ? [.projection] : [])
  }

  private var initial: [RecurrentTensor] { cell.isLSTM ? [.initialH, .initialC] : [.initialH] }

  /// The outputs of the forward pass.
  var results: [RecurrentTensor] { [.y, .lastH] + (cell.isLSTM ? [.lastC] : []) + kept }

  /// The outputs of the forward pass that only the backward pass reads.
  var kept: [RecurrentTensor] {
    [.gates] + (cell.isLSTM ? [.cells] : []) + (cell.isGRU || isProjected ? [.extra] : [])
  }

  /// The outputs of the backward pass.
  var gradients: [RecurrentTensor] {
    guard inputs == 0 else { return [.gates, .weights] + (hasInitialState ? initial : []) }
    return [.gates] + (hasHiddenGates ? [.hiddenGates] : []) + (isProjected ? [.projected] : [])
      + (hasInitialState ? initial + [.firstGates] : [])
  }

  /// The type of a tensor, or of its gradient, for a number of steps and a batch size.
  package func type(
    of tensor: RecurrentTensor, steps: Int, batch: Int, dtype: DType
  ) -> TensorType {
    let shape: Shape =
      switch tensor {
      case .x: [steps, batch, inputs == 0 ? wide : inputs]
      case .gates, .hiddenGates: [steps, batch, wide]
      case .inputWeight: [wide, inputs]
      case .bias: [wide]
      case .weights: [weightGradientCount]
      case .y, .projected: [steps, batch, outputs]
      case .cells, .extra: [steps, batch, hidden]
      case .lastH, .initialH: [batch, outputs]
      case .lastC, .initialC: [batch, hidden]
      case .firstGates: [batch, wide]
      case .hiddenWeight: [wide, outputs]
      case .hiddenBias: [hidden]
      case .projection: [outputs, hidden]
      case .lengths: [batch]
      }
    return TensorType(shape, tensor == .lengths ? .int32 : dtype)
  }
}

/// The tensors of a recurrent layer and its gradient. Time comes first: [steps, batch, …].
package enum RecurrentTensor: String, Sendable {
  /// The inputs, or their part of the gates.
  case x = "the inputs"
  /// [gates · units, features]
  case inputWeight = "the input weight"
  /// The bias of the gates.
  case bias = "the bias"
  /// U, with the gates stacked: [gates · units, elements of h].
  case hiddenWeight = "the hidden weight"
  /// GRU's bias of U h in n, in the variant that resets after the matrix product.
  case hiddenBias = "the hidden bias"
  case initialH = "the first state"
  case initialC = "the first cell"
  /// int32: the number of steps of each sequence. Later steps leave the state unchanged and output
  /// zeros.
  case lengths = "the lengths"
  /// [elements of h, units]
  case projection = "the projection"
  /// h of each step.
  case y = "the outputs"
  case lastH = "the last state"
  case lastC = "the last cell"
  /// Each step's gates after their activation functions.
  case gates = "the gates"
  /// c of each step.
  case cells = "the cells"
  /// For each step U h + b of GRU's n, or r h if it resets first, or the input of the projection.
  case extra = "the values kept of each step"
  /// The gradient of U h + b, if it differs from that of the gates.
  case hiddenGates = "the hidden part of the gates"
  /// The gradient of h at each step.
  case projected = "the projected states"
  /// All weights' gradients, flat.
  case weights = "the weights"
  /// `hiddenGates`, or `gates`, at the first step of each sequence.
  case firstGates = "the gates of first steps"
}
