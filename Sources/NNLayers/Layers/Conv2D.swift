import NNCore
public import NNGraph

/// 2D convolution (cross-correlation) of images with trainable kernels (PyTorch's `Conv2d`).
///
/// Input [N, C, H, W]; weight [`channels`, C/`groups`, kH, kW], bias [`channels`]; output
/// [N, `channels`, H′, W′] with H′ = ⌊(H + padding − dilation·(kH − 1) − 1)/stride⌋ + 1.
/// Weight and bias start uniform in ±1/√(C/groups·kH·kW).
public struct Conv2D: Layer {
  /// The number of output channels.
  public let channels: Int
  /// The kernel's height and width.
  public let kernelSize: Size2D
  /// The step between neighbouring windows.
  public let stride: Size2D
  /// The padding around the image.
  public let padding: Padding
  /// The step between the elements of a window.
  public let dilation: Size2D
  /// The number of independent groups of channels.
  public let groups: Int
  /// Whether a bias is added.
  public let bias: Bool
  let weightInitializer: Initializer
  let biasInitializer: Initializer

  /// Creates a convolution; the defaults are PyTorch's.
  public init(
    _ channels: Int, kernelSize: Size2D, stride: Size2D = 1, padding: Padding = 0,
    dilation: Size2D = 1, groups: Int = 1, bias: Bool = true,
    weightInitializer: Initializer = .layerDefault,
    biasInitializer: Initializer = .layerDefault
  ) {
    self.channels = channels
    self.kernelSize = kernelSize
    self.stride = stride
    self.padding = padding
    self.dilation = dilation
    self.groups = groups
    self.bias = bias
    self.weightInitializer = weightInitializer
    self.biasInitializer = biasInitializer
  }

  /// The name in tables and error messages: `Conv2D 32, 3×3`.
  public var description: String { "Conv2D \(channels), \(kernelSize)" }

  /// Adds the convolution to the graph.
  public func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    guard channels > 0, groups > 0, kernelSize.height > 0, kernelSize.width > 0 else {
      return scope.rejectOption(
        "needs positive channels, groups and kernel, got \(channels), \(groups), \(kernelSize)")
    }
    guard padding != .same || stride == 1 else {
      return scope.rejectOption("padding `same` needs stride 1, got \(stride)")
    }
    guard input.shape.rank == 4 else {
      return scope.reject(input, expected: "images [N, C, H, W]")
    }
    let inputChannels = input.shape[1]
    guard inputChannels > 0, inputChannels % groups == 0, channels % groups == 0 else {
      return scope.reject(
        input,
        expected: "channels in and out that \(groups) groups divide (\(channels) out)")
    }
    let shape = Shape([channels, inputChannels / groups, kernelSize.height, kernelSize.width])
    let weight = scope.parameter("weight", shape, weightInitializer)
    let output = input.conv2D(
      weight, stride: stride, padding: padding.resolved(kernel: kernelSize, dilation: dilation),
      dilation: dilation, groups: groups)
    guard bias else { return output }
    let fan = Fan(weightShape: shape)
    return output
      + scope.parameter("bias", [channels], biasInitializer, fan: fan)
      .reshaped(to: [channels, 1, 1])
  }
}
