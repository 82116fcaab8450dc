import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

/// A layer and an input at which it is differentiated.
struct GradientCase: Sendable, CustomTestStringConvertible {
  let name: String
  let input: Shape
  let layers: [any Layer]
  var mode = Mode.training

  init(_ name: String, _ input: Shape, _ layers: any Layer..., mode: Mode = .training) {
    self.name = name
    self.input = input
    self.layers = layers
    self.mode = mode
  }

  var testDescription: String { name }
}

@Suite struct LayerGradientTests {
  static let cases = [
    GradientCase("dense", [3, 5], Dense(2)),
    GradientCase("dense over three axes", [2, 3, 5], Dense(4, bias: false)),
    GradientCase(
      "convolution", [2, 4, 5, 4],
      Conv2D(
        6, kernelSize: Size2D(height: 3, width: 2), stride: 2,
        padding: .explicit(Size2D(height: 1, width: 2)), dilation: Size2D(height: 1, width: 2),
        groups: 2)),
    GradientCase("same convolution", [1, 2, 3, 4], Conv2D(3, kernelSize: 4, padding: .same)),
    GradientCase("max pooling", [2, 2, 5, 5], MaxPool2D(3, stride: 2, padding: 1)),
    GradientCase("average pooling", [2, 2, 5, 5], AvgPool2D(2, ceilMode: true)),
    GradientCase("adaptive pooling", [1, 2, 5, 7], AdaptiveAvgPool2D(3)),
    GradientCase("global pooling", [2, 3, 4, 5], GlobalAvgPool2D()),
    GradientCase("batch norm of features", [5, 3], BatchNorm1D()),
    GradientCase("batch norm of sequences", [3, 2, 4], BatchNorm1D()),
    GradientCase("batch norm of images", [2, 3, 3, 2], BatchNorm2D()),
    GradientCase("batch norm in evaluation", [2, 3, 3, 2], BatchNorm2D(), mode: .evaluation),
    GradientCase(
      "batch norm without statistics", [4, 3],
      BatchNorm1D(.init(affine: false, trackRunningStats: false)), mode: .evaluation),
    GradientCase("layer norm", [3, 4, 5], LayerNorm([4, 5])),
    GradientCase("dropout", [5, 7], Dropout(0.3)),
    GradientCase("flatten and reshape", [2, 3, 4], Flatten(), Reshape([2, -1]), Dense(2)),
    GradientCase(
      "residual", [3, 4],
      Residual {
        Dense(4); Tanh()
      }),
    GradientCase("concat", [3, 4], Concat(axis: -1, [[Dense(2)], [], [Sigmoid()]])),
    GradientCase("sigmoid", [3, 4], Sigmoid()), GradientCase("tanh", [3, 4], Tanh()),
    GradientCase("relu", [3, 4], ReLU()), GradientCase("silu", [3, 4], SiLU()),
    GradientCase("leaky relu", [3, 4], LeakyReLU(negativeSlope: 0.2)),
    GradientCase("elu", [3, 4], ELU(alpha: 1.5)), GradientCase("gelu", [3, 4], GELU()),
    GradientCase("gelu by tanh", [3, 4], GELU(approximation: .tanh)),
    GradientCase("softplus", [3, 4], Softplus(beta: 2)),
    GradientCase("softmax", [3, 4, 2], Softmax(axis: 1)),
    GradientCase("log softmax", [3, 4], LogSoftmax()),
  ]

  /// Every element of parameters and input, against central differences in Float64.
  @Test(arguments: cases)
  func analyticGradientsAgreeWithDifferences(example: GradientCase) throws {
    let type = TensorType(example.input, .float64)
    let input = HostTensor.normal(example.input, seed: 5)
    let model = Model(example.layers)
    let layout = try model.layout(input: type)
    var tensors = try layout.initialize(seed: 2)
    // Ones and zeros would hide a swapped weight and bias.
    for (index, entry) in layout.parameters.enumerated() {
      tensors[entry.name] = .normal(entry.shape, seed: UInt64(index + 10), scale: 0.5)
    }
    let probe = try Network(model, input: type, mode: example.mode, tensors: tensors)
    let cotangent = HostTensor.normal(probe.output.value.shape, seed: 6)
    let analytic = try probe.run(input, cotangent: cotangent)

    func loss(_ name: String, _ tensor: HostTensor) throws -> Double {
      var moved = tensors
      if name != "input" { moved[name] = tensor }
      let network = try Network(model, input: type, mode: example.mode, tensors: moved)
      let output = try network.run(name == "input" ? tensor : input)["output"]
      return zip(try #require(output).doubles, cotangent.doubles).reduce(0) { $0 + $1.0 * $1.1 }
    }
    for name in layout.parameters.map(\.name) + ["input"] {
      let point = try #require(name == "input" ? input : tensors[name])
      let numeric = try numericalGradient(at: point) { try loss(name, $0) }
      expectClose(try #require(analytic[name]), numeric, .centralDifferences, name)
    }
  }
}
