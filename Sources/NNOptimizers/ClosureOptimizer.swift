public import NNCore

/// An optimizer that evaluates loss and gradient several times per step, at points of its own
/// choice (PyTorch's `step(closure)`).
///
/// It runs on the host, in Float64, and moves all trained parameters together.
public protocol ClosureOptimizer: Optimizer {
  /// Starts a minimization over a number of parameters.
  func start(parameterCount: Int) -> any Minimization

  /// The maximum number of bytes of the state of a minimization, for reports.
  func stateByteCount(parameterCount: Int) -> Int
}

/// Evaluates the loss and its gradient at a point: the parameters one after another.
public typealias LossFunction = (
  _ point: [Double]
) throws(NNError) -> (loss: Double, gradient: [Double])

/// A minimization that continues from step to step.
public protocol Minimization: AnyObject {
  /// Runs one step.
  ///
  /// - Parameters:
  ///   - start: The parameters before the step; the first evaluation is there.
  ///   - learningRate: The learning rate of the step.
  ///   - evaluate: Evaluates the loss and its gradient.
  /// - Returns: The parameters after the step.
  /// - Throws: What `evaluate` throws; the minimization is then as before the step.
  func step(
    from start: [Double], learningRate: Double, evaluate: LossFunction
  ) throws(NNError) -> [Double]

  /// What the next step depends on, for checkpoints. Names and number of tensors may change from
  /// step to step.
  var state: [(name: String, tensor: HostTensor)] { get }

  /// Continues from a state, so that the next steps have the same bits.
  ///
  /// - Throws: `NNError` for a state of another number of parameters or of another optimizer.
  func restore(_ state: [String: HostTensor]) throws(NNError)
}
