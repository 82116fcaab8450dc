import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

/// A model with an invalid layer, and the error message.
struct RejectedModel: Sendable, CustomTestStringConvertible {
  let message: String
  let input: Shape
  let layers: [any Layer]
  var mode = Mode.evaluation

  var testDescription: String { message }
}

@Suite struct RejectedModelTests {
  static let models = [
    RejectedModel(
      message: "`0` (LSTM 5): expects 3 axes [N, steps, features], gets [N, 4] from the input; "
        + "reshape each row to [steps, features], or add an embedding before tokens",
      input: [8, 4], layers: [LSTM(5)]),
    RejectedModel(
      message: "`0` (GRU 0): needs at least one unit and one layer, got 1 × 0", input: [8, 4, 2],
      layers: [GRU(0)]),
    RejectedModel(
      message: "projects 5 units onto 1 to 4 elements, got 5", input: [8, 4, 2],
      layers: [LSTM(5, projectionSize: 5)]),
    RejectedModel(
      message: "needs a dropout in 0…1, got 1.5", input: [8, 4, 2],
      layers: [RNN(5, layers: 2, dropout: 1.5)]),
    RejectedModel(
      message: "starts from the encoder's states, but the encoder has no further recurrent "
        + "layer", input: [8, 4, 2], layers: [GRU(5, start: .encoder)]),
    RejectedModel(
      message: "`1` (Dense 128): expects 2 axes [N, features], gets [N, 4, 3, 3] from "
        + "`0` (MaxPool2D 2×2); add Flatten", input: [8, 4, 6, 6],
      layers: [MaxPool2D(2), Dense(128)]),
    RejectedModel(
      message: "`0` (Dense 3): expects 2 axes [N, features], gets [N] from the input; "
        + "add an axis for the batch", input: [8], layers: [Dense(3)]),
    RejectedModel(
      message: "`0` (Dense 0): needs at least one unit, got 0", input: [8, 2], layers: [Dense(0)]),
    RejectedModel(
      message: "`1` (Conv2D 8, 3×3): expects images [N, C, H, W], gets [N, 12] from "
        + "`0` (Flatten)", input: [2, 3, 2, 2], layers: [Flatten(), Conv2D(8, kernelSize: 3)]),
    RejectedModel(
      message: "`0` (Conv2D 8, 5×5): conv2D: a kernel of 5×5 is larger than the padded image of "
        + "4×4", input: [2, 3, 4, 4], layers: [Conv2D(8, kernelSize: 5)]),
    RejectedModel(
      message: "`0` (Conv2D 9, 1×1): expects channels in and out that 2 groups divide (9 out), "
        + "gets [N, 3, 4, 4] from the input", input: [2, 3, 4, 4],
      layers: [Conv2D(9, kernelSize: 1, groups: 2)]),
    RejectedModel(
      message: "padding `same` needs stride 1, got 2", input: [2, 3, 4, 4],
      layers: [Conv2D(9, kernelSize: 3, stride: 2, padding: .same)]),
    RejectedModel(
      message: "`0` (MaxPool2D 2×2): expects images [N, C, H, W], gets [N, 4]", input: [2, 4],
      layers: [MaxPool2D(2)]),
    RejectedModel(
      message: "`0` (AvgPool2D 3×3): expects images", input: [2, 4], layers: [AvgPool2D(3)]),
    RejectedModel(
      message: "`0` (AdaptiveAvgPool2D _×2): expects images", input: [2, 4],
      layers: [AdaptiveAvgPool2D(height: nil, width: 2)]),
    RejectedModel(
      message: "needs a positive output size, got 0×0", input: [2, 4, 4, 4],
      layers: [AdaptiveAvgPool2D(0)]),
    RejectedModel(
      message: "`0` (GlobalAvgPool2D): expects images", input: [2, 4],
      layers: [GlobalAvgPool2D()]),
    RejectedModel(
      message: "`0` (BatchNorm1D): expects [N, C] or [N, C, L], gets [N, 2, 3, 3] from the input; "
        + "use BatchNorm2D", input: [2, 2, 3, 3], layers: [BatchNorm1D()]),
    RejectedModel(
      message: "`0` (BatchNorm2D): expects images [N, C, H, W], gets [N, 2] from the input; "
        + "use BatchNorm1D", input: [2, 2], layers: [BatchNorm2D()]),
    RejectedModel(
      message: "`0` (BatchNorm1D): expects more than one value for each channel when training, "
        + "gets [N, 2] from the input; use a larger batch", input: [1, 2],
      layers: [BatchNorm1D()], mode: .training),
    RejectedModel(
      message: "`0` (LayerNorm [4]): expects last axes [4] after a batch axis, gets [N, 5]",
      input: [2, 5], layers: [LayerNorm([4])]),
    RejectedModel(
      message: "`0` (LayerNorm [0]): needs positive extents to normalise over, got [0]",
      input: [2, 5], layers: [LayerNorm([0])]),
    RejectedModel(
      message: "`0` (Dropout 1.5): needs a probability in 0…1, got 1.5", input: [2, 5],
      layers: [Dropout(1.5)]),
    RejectedModel(
      message: "`0` (Flatten): expects axes 1…5, gets [N, 5]", input: [2, 5],
      layers: [Flatten(endDim: 5)]),
    RejectedModel(
      message: "`0` (Reshape [2, 3]): expects examples of 6 numbers, gets [N, 5] from the input",
      input: [2, 5], layers: [Reshape([2, 3])]),
    RejectedModel(
      message: "expects examples of a multiple of 3 numbers, gets [N, 5]", input: [2, 5],
      layers: [Reshape([-1, 3])]),
    RejectedModel(
      message: "needs positive extents, one of which may be -1, got [-1, -1]", input: [2, 5],
      layers: [Reshape([-1, -1])]),
    RejectedModel(
      message: "`1` (Residual): expects its layers to keep the input's shape [N, 5], gets [N, 4] "
        + "from `1.0` (Dense 4); change the last layer's size", input: [2, 5],
      layers: [Dense(5), Residual { Dense(4) }]),
    RejectedModel(
      message: "`0` (Concat): expects branches of shape [N, 2, 3, 3] up to axis 1, gets "
        + "[N, 2, 2, 2] from `0.1.0` (MaxPool2D 2×2)", input: [2, 2, 3, 3],
      layers: [Concat([[], [MaxPool2D(2, stride: 1)]])]),
    RejectedModel(
      message: "`0` (Concat): expects an axis 2 to concatenate along, gets [N, 5]", input: [2, 5],
      layers: [Concat(axis: 2, [[]])]),
    RejectedModel(
      message: "`0` (Concat): needs at least one branch", input: [2, 5], layers: [Concat([])]),
    RejectedModel(
      message: "`0` (Softmax): expects an axis 2, gets [N, 5] from the input", input: [2, 5],
      layers: [Softmax(axis: 2)]),
    RejectedModel(
      message: "`0` (LogSoftmax): expects an axis -3, gets [N, 5] from the input", input: [2, 5],
      layers: [LogSoftmax(axis: -3)]),
    RejectedModel(
      message: "`0.1.0` (Dense 3): expects 2 axes [N, features], gets [N, 1, 2, 2] from "
        + "`0.0` (Reshape [1, 2, 2]); add Flatten", input: [2, 4],
      layers: [Sequential([Reshape([1, 2, 2]), Sequential([Dense(3)])])]),
  ]

  @Test(arguments: models)
  func anErrorNamesLayerShapesAndFix(rejected: RejectedModel) {
    expectError(rejected.message) {
      let graph = Graph()
      let model = Model(rejected.layers)
      let input = TensorType(rejected.input, .float32)
      if rejected.mode == .training {
        _ = model.build(
          in: graph, input: graph.input("input", input), layout: try model.layout(input: input),
          mode: .training)
        try graph.validate()
      } else {
        _ = try model.layout(input: input)
      }
    }
  }

  /// The layers after a mismatch cause no further errors.
  @Test func oneMismatchCausesOneError() {
    let error = #expect(throws: NNError.self) {
      _ = try Model([Dense(0), Conv2D(1, kernelSize: 9), BatchNorm2D(), Residual { Dense(3) }])
        .layout(input: TensorType([2, 3], .float32))
    }
    #expect(error?.message.contains("\n") == false)
    #expect(error?.message.contains("Conv2D") == false)
  }

  /// Each layer fits into memory, all together do not.
  @Test func parametersThatNeedMoreMemoryThanThereIsAreRejected() {
    let width = Int(Double(MemoryLimit.byteCount / 8).squareRoot())
    expectError(
      "the network's \(3 * width * width) parameters would take", "use smaller or fewer layers"
    ) {
      _ = try Model([Dense](repeating: Dense(width, bias: false), count: 3))
        .layout(input: TensorType([2, width], .float32))
    }
  }

  @Test func aLayoutOfAnotherInputIsRejected() throws {
    let model = Model { Dense(2) }
    let layout = try model.layout(input: TensorType([1, 3], .float32))
    let graph = Graph()
    _ = model.build(
      in: graph, input: graph.input("input", TensorType([1, 4], .float32)), layout: layout,
      mode: .evaluation)
    expectError("parameter `0.weight` [2, 4] is not in the layout") { try graph.validate() }
  }

  @Test func dropoutWithoutRandomNumbersIsRejected() throws {
    let model = Model { Dropout() }
    let input = TensorType([1, 3], .float32)
    let graph = Graph()
    _ = model.build(
      in: graph, input: graph.input("input", input), layout: try model.layout(input: input),
      mode: .training)
    expectError("`0` (Dropout 0.5): needs random numbers in training mode") {
      try graph.validate()
    }
  }
}
