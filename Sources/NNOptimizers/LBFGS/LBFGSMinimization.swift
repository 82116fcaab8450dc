import NNCore

/// A minimization by `LBFGS`.
final class LBFGSMinimization: Minimization {
  private let options: LBFGS
  private let count: Int
  private var memory = LBFGSMemory()

  init(_ options: LBFGS, parameterCount: Int) {
    self.options = options
    count = parameterCount
  }

  var state: [(name: String, tensor: HostTensor)] { memory.tensors(count: count) }

  func restore(_ state: [String: HostTensor]) throws(NNError) {
    memory = try LBFGSMemory(state, count: count)
  }

  func step(
    from start: [Double], learningRate: Double, evaluate: LossFunction
  ) throws(NNError) -> [Double] {
    let sign: Double = options.maximize ? -1 : 1
    func signed(_ point: [Double]) throws(NNError) -> (loss: Double, gradient: [Double]) {
      let result = try evaluate(point)
      return options.maximize
        ? (-result.loss, Vector.scaled(result.gradient, by: sign)) : result
    }
    var (loss, gradient) = try signed(start)
    // Kept apart until the step has succeeded.
    var memory = memory
    memory.evaluations += 1
    if Vector.largest(gradient) <= options.toleranceGradient {
      self.memory.evaluations = memory.evaluations
      return start
    }
    var point = start
    var evaluations = 1
    for iteration in 1...options.maxIterations {
      memory.iterations += 1
      let isFirst = memory.iterations == 1
      memory.turn(to: gradient, historySize: options.historySize)
      memory.previousGradient = gradient
      memory.previousLoss = loss
      memory.stepSize =
        isFirst ? min(1, 1 / Vector.sumOfMagnitudes(gradient)) * learningRate : learningRate
      let slope = Vector.dot(gradient, memory.direction)
      if slope > -options.toleranceChange { break }
      var used = 0
      switch options.lineSearch {
      case .strongWolfe:
        let search = StrongWolfeSearch(
          origin: point, direction: memory.direction,
          maximumIterations: options.maxEvaluations - evaluations)
        let start = LinePoint(step: 0, loss: loss, gradient: gradient, derivative: slope)
        let found = try search.run(from: start, initialStep: memory.stepSize, evaluate: signed)
        (loss, gradient) = (found.point.loss, found.point.gradient)
        memory.stepSize = found.point.step
        used = found.evaluations
        point = Vector.sum(point, memory.direction, times: memory.stepSize)
      case .none:
        point = Vector.sum(point, memory.direction, times: memory.stepSize)
        // After the last iteration nothing would read the result.
        if iteration != options.maxIterations {
          (loss, gradient) = try signed(point)
          used = 1
        }
      }
      evaluations += used
      memory.evaluations += used
      if evaluations >= options.maxEvaluations
        || Vector.largest(gradient) <= options.toleranceGradient
        || Vector.largest(memory.direction) * abs(memory.stepSize) <= options.toleranceChange
        || abs(loss - memory.previousLoss) < options.toleranceChange
      {
        break
      }
    }
    guard point.allSatisfy(\.isFinite) else {
      throw .diverged(
        "a step of `\(options.name)` would leave values in the parameters that are not finite",
        hint: options.lineSearch == .none
          ? "use a line search (line_search_fn: strong_wolfe), or lower the learning rate"
          : "lower the learning rate, or normalise the data")
    }
    self.memory = memory
    return point
  }
}

/// What an L-BFGS minimization keeps from step to step, with PyTorch's names in checkpoints.
struct LBFGSMemory {
  /// `d`, the last direction; empty before the first iteration.
  var direction: [Double] = []
  /// `t`, the last step size.
  var stepSize = 0.0
  /// `old_dirs`, the changes y of the gradient, the oldest first.
  private var gradientChanges: [[Double]] = []
  /// `old_stps`, the changes s of the parameters.
  private var pointChanges: [[Double]] = []
  /// `ro`, 1/(y·s) of each pair.
  private var inverseProducts: [Double] = []
  /// `H_diag`, the scale of the initial approximation of the inverse Hessian.
  private var diagonal = 1.0
  /// `prev_flat_grad`; empty before the first iteration.
  var previousGradient: [Double] = []
  /// `prev_loss`.
  var previousLoss = 0.0
  /// `n_iter`, iterations over all steps.
  var iterations = 0
  /// `func_evals`, evaluations over all steps.
  var evaluations = 0

  init() {}

  /// The maximum number of bytes of the state.
  static func byteCount(parameterCount: Int, historySize: Int) -> Int {
    [2 * historySize + 2, parameterCount, 8].saturatingProduct
  }

  /// Adds the pair of the last iteration to the history, and sets the direction −H·g.
  mutating func turn(to gradient: [Double], historySize: Int) {
    guard iterations > 1 else {
      self = with(direction: Vector.scaled(gradient, by: -1))
      return
    }
    let y = Vector.sum(gradient, previousGradient, times: -1)
    let s = Vector.scaled(direction, by: stepSize)
    let product = Vector.dot(y, s)
    if product > 1e-10 {
      if gradientChanges.count == historySize {
        gradientChanges.removeFirst()
        pointChanges.removeFirst()
        inverseProducts.removeFirst()
      }
      gradientChanges.append(y)
      pointChanges.append(s)
      inverseProducts.append(1 / product)
      diagonal = product / Vector.dot(y, y)
    }
    var shares = [Double](repeating: 0, count: gradientChanges.count)
    var result = Vector.scaled(gradient, by: -1)
    for index in shares.indices.reversed() {
      shares[index] = Vector.dot(pointChanges[index], result) * inverseProducts[index]
      Vector.add(gradientChanges[index], times: -shares[index], to: &result)
    }
    result = Vector.scaled(result, by: diagonal)
    for index in shares.indices {
      let share = Vector.dot(gradientChanges[index], result) * inverseProducts[index]
      Vector.add(pointChanges[index], times: shares[index] - share, to: &result)
    }
    direction = result
  }

  /// The memory of a first iteration.
  private func with(direction: [Double]) -> Self {
    var memory = LBFGSMemory()
    memory.direction = direction
    (memory.iterations, memory.evaluations) = (iterations, evaluations)
    return memory
  }

  // MARK: - Checkpoints

  /// The state as tensors; the vectors are absent before the first iteration, the history while it
  /// is empty.
  func tensors(count: Int) -> [(name: String, tensor: HostTensor)] {
    func matrix(_ rows: [[Double]]) -> HostTensor {
      HostTensor(rows.flatMap { $0 }, shape: [rows.count, count])
    }
    var tensors = [
      (name: "n_iter", tensor: HostTensor([Int64(iterations)])),
      ("func_evals", HostTensor([Int64(evaluations)])),
    ]
    guard iterations > 0 else { return tensors }
    tensors += [
      ("d", HostTensor(direction)), ("t", HostTensor([stepSize])),
      ("H_diag", HostTensor([diagonal])), ("prev_flat_grad", HostTensor(previousGradient)),
      ("prev_loss", HostTensor([previousLoss])),
    ]
    guard !inverseProducts.isEmpty else { return tensors }
    return tensors + [
      ("old_dirs", matrix(gradientChanges)), ("old_stps", matrix(pointChanges)),
      ("ro", HostTensor(inverseProducts)),
    ]
  }

  /// Reads the state from tensors.
  ///
  /// - Throws: `NNError` that names a tensor that is missing or has another shape or type.
  init(_ tensors: [String: HostTensor], count: Int) throws(NNError) {
    func tensor(_ name: String, _ shape: Shape, _ dtype: DType) throws(NNError) -> HostTensor {
      guard let tensor = tensors[name], tensor.shape == shape, tensor.dtype == dtype else {
        throw .invalid(
          "the optimizer's state does not match: `\(name)` should be \(dtype)\(shape)"
            + (tensors[name].map { ", is \($0.dtype)\($0.shape)" } ?? ", is missing"),
          hint: "resume with the optimizer and model that the run started with")
      }
      return tensor
    }
    func number(_ name: String) throws(NNError) -> Double {
      try tensor(name, [1], .float64).doubles[0]
    }
    func counter(_ name: String) throws(NNError) -> Int {
      try tensor(name, [1], .int64).withScalars(as: Int64.self) { Int(clamping: $0[0]) }
    }
    iterations = try counter("n_iter")
    evaluations = try counter("func_evals")
    guard iterations > 0 else { return }
    direction = try tensor("d", [count], .float64).doubles
    stepSize = try number("t")
    diagonal = try number("H_diag")
    previousGradient = try tensor("prev_flat_grad", [count], .float64).doubles
    previousLoss = try number("prev_loss")
    guard let products = tensors["ro"] else { return }
    let pairs = products.elementCount
    inverseProducts = try tensor("ro", [pairs], .float64).doubles
    func rows(_ name: String) throws(NNError) -> [[Double]] {
      let numbers = try tensor(name, [pairs, count], .float64).doubles
      return (0..<pairs).map { Array(numbers[$0 * count..<($0 + 1) * count]) }
    }
    gradientChanges = try rows("old_dirs")
    pointChanges = try rows("old_stps")
  }
}
