public import NNCore
import NNLayers
public import NNTraining

/// One training step of any network by layer: how large outputs, gradients and updates are.
public struct StepSummary: Sendable {
  /// One layer.
  public struct Row: Sendable, Hashable {
    /// The layer's path: `3.0`.
    public let path: String
    /// The layer: `Dense 128`.
    public let layer: String
    /// The shape of its output, [N, …].
    public let outputShape: Shape
    /// The root mean square of the output's elements.
    public let outputSize: Double
    /// √Σ(∂C/∂output)²; nil where the step computes no such gradient.
    public let outputGradientNorm: Double?
    /// The number of its own parameters.
    public let parameters: Int
    /// The norm of its parameters before the step; nil without parameters.
    public let weightNorm: Double?
    /// The norm of the gradient of its trained parameters; nil without.
    public let gradientNorm: Double?
    /// The norm of the change of its parameters; nil without.
    public let updateNorm: Double?
  }

  /// The step, counted from 1.
  public let step: Int
  /// The loss before the update.
  public let loss: Double
  /// The layers in the order of computation, without those that only pass values on to the layers
  /// inside them.
  public let rows: [Row]
  /// The parameters in all.
  public let parameterCount: Int

  /// Summarizes a traced step.
  public init(_ trace: StepTrace) {
    step = trace.step
    loss = trace.loss
    parameterCount = trace.parameters.reduce(0) { $0 + $1.before.elementCount }
    rows = trace.layers.filter { !($0.layer is Sequential) }.map { values in
      let own = trace.parameters.filter { Self.layer(of: $0.name) == values.path }
      let updates = own.compactMap(\.update)
      let output = values.output
      return Row(
        path: values.path, layer: values.layer.description, outputShape: output.shape,
        outputSize: Self.norm([output]) / Double(max(1, output.elementCount)).squareRoot(),
        outputGradientNorm: values.gradient.map { Self.norm([$0]) },
        parameters: own.reduce(0) { $0 + $1.before.elementCount },
        weightNorm: own.isEmpty ? nil : Self.norm(own.map(\.before)),
        gradientNorm: updates.isEmpty ? nil : Self.norm(updates.map(\.gradient)),
        updateNorm: own.isEmpty
          ? nil : Self.norm(own.map(\.after), minus: own.map(\.before)))
    }
  }

  /// The path of the layer that a parameter belongs to.
  private static func layer(of parameter: String) -> String {
    parameter.split(separator: ".").dropLast().joined(separator: ".")
  }

  private static func norm(_ tensors: [HostTensor], minus others: [HostTensor]? = nil) -> Double {
    var sum = 0.0
    for (index, tensor) in tensors.enumerated() {
      let numbers = tensor.doubles
      guard let other = others?[index].doubles else {
        sum += numbers.reduce(0) { $0 + $1 * $1 }
        continue
      }
      for (number, start) in zip(numbers, other) { sum += (number - start) * (number - start) }
    }
    return sum.squareRoot()
  }
}
