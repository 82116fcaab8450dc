public import NNCore
public import NNLayers
public import NNLosses
public import NNOptimizers

/// Every number of one training step as the step itself computed it: the outputs of the layers, the
/// gradients, and the parameters before and after the update.
///
/// A traced step computes the same weights as any other; it only keeps what others discard.
public struct StepTrace: Sendable {
  /// What one layer computed.
  public struct LayerValues: Sendable {
    /// The layer's path: `3.0`; empty for the outermost layer.
    public let path: String
    /// The layer, without a name of its own.
    public let layer: any Layer
    /// Its output, [N, …].
    public let output: HostTensor
    /// ∂loss/∂output, of the output's shape; nil for layers before the first one that is trained.
    public let gradient: HostTensor?
    /// The derivative of each output element with respect to the input element that it is computed
    /// from; nil for layers that are not element-wise, and where there is no gradient.
    public let derivative: HostTensor?
  }

  /// What happened to one parameter tensor.
  public struct ParameterValues: Sendable {
    /// The parameter's name: `3.0.weight`.
    public let name: String
    /// Its values before the step.
    public let before: HostTensor
    /// Its values after the step.
    public let after: HostTensor
    /// How it was updated; nil for a frozen parameter.
    public let update: Update?
  }

  /// The update of one parameter tensor.
  public struct Update: Sendable {
    /// ∂loss/∂parameter.
    public let gradient: HostTensor
    /// The gradient that the optimizer received: clipped, and with that of the L1 penalty.
    public let applied: HostTensor
    /// The optimizer.
    public let optimizer: any Optimizer
    /// The optimizer's learning rate in this step.
    public let learningRate: Double
    /// The optimizer's state after the step, by PyTorch's names, where it has the parameter's shape.
    public let states: [(name: String, tensor: HostTensor)]
  }

  /// The step, counted from 1 over the whole run.
  public let step: Int
  /// The network's inputs, normalised.
  public let inputs: Ports<HostTensor>
  /// The targets.
  public let targets: Ports<HostTensor>
  /// The weight of each example, [N]; nil where all count alike.
  public let weights: HostTensor?
  /// The losses whose weighted sum the step reduces.
  public let losses: [LossTerm]
  /// The weighted sum of the losses before the update.
  public let loss: Double
  /// The probabilities that the loss makes of the network's output: softmax or sigmoid of it; nil
  /// if the outputs are not logits.
  public let probabilities: HostTensor?
  /// The layers in the order of computation; layers come before the layer that contains them.
  public let layers: [LayerValues]
  /// The parameters in the order of the layout.
  public let parameters: [ParameterValues]
}

extension Trainer {
  /// Runs the next step of the current epoch, as ``step()`` does, and returns its numbers as well;
  /// nil once at the epoch's end.
  ///
  /// - Throws: `NNError` as ``step()`` does, and for a step of several batches or of an optimizer
  ///   that evaluates the loss several times.
  public func tracedStep() throws(NNError) -> (event: TrainingEvent.Step, trace: StepTrace)? {
    guard let (event, trace) = try nextStep(isTraced: true) else { return nil }
    guard let trace else { preconditionFailure("a traced step returns its numbers") }
    return (event, trace)
  }
}

extension UpdateRules {
  /// Checks that a step is one forward pass, one backward pass and one update.
  ///
  /// - Throws: `NNError` that names the setting.
  func requireTraceable() throws(NNError) {
    if optimizer is any ClosureOptimizer {
      throw .invalid(
        "a step of `\(optimizer.name)` evaluates the loss several times; expected an optimizer "
          + "whose step is one forward pass, one backward pass and one update",
        hint: "use another optimizer, such as sgd, to see the numbers of a step")
    }
    guard accumulate == 1 else {
      throw .invalid(
        "a step adds the gradients of \(accumulate) batches (accumulate: \(accumulate)); "
          + "expected steps of one batch",
        hint: "set accumulate to 1 to see the numbers of a step")
    }
  }
}
