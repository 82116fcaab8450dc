import NNOptimizers
import NNTraining

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An optimizer with its options, and its steps from plain formulas.
struct OptimizerSample: ComponentSample {
  /// The values of one parameter after each step, from its start and its gradient at each step.
  typealias Path = @Sendable (_ start: Double, _ gradients: [Double]) -> [Double]

  let text: String
  /// nil for an optimizer that evaluates the loss itself; it must find the minimum of a parabola.
  let path: Path?

  init(_ text: String, _ path: Path?) {
    self.text = text
    self.path = path
  }

  /// Every optimizer of the registry, with all options that change the mathematics.
  static let all: [OptimizerSample] = [
    .init("sgd: {lr: 0.1, weight_decay: 0.01, maximize: true}") { start, gradients in
      steps(start, gradients) { 0.1 * (-$1 + 0.01 * $0) }
    },
    .init("sgd: {lr: 0.1, momentum: 0.9, dampening: 0.5}") { start, gradients in
      var buffer: Double?
      return steps(start, gradients) { _, gradient in
        let next = buffer.map { 0.9 * $0 + 0.5 * gradient } ?? gradient
        buffer = next
        return 0.1 * next
      }
    },
    .init("sgd: {lr: 0.1, momentum: 0.9, nesterov: true}") { start, gradients in
      var buffer = 0.0
      return steps(start, gradients) { _, gradient in
        buffer = 0.9 * buffer + gradient
        return 0.1 * (gradient + 0.9 * buffer)
      }
    },
    .init("adam: {lr: 0.05, weight_decay: 0.02}") { start, gradients in
      var (mean, square, count) = (0.0, 0.0, 0.0)
      return steps(start, gradients) { parameter, gradient in
        count += 1
        let whole = gradient + 0.02 * parameter
        mean = 0.9 * mean + 0.1 * whole
        square = 0.999 * square + 0.001 * whole * whole
        let root = (square / (1 - pow(0.999, count))).squareRoot()
        return 0.05 * mean / (1 - pow(0.9, count)) / (root + 1e-8)
      }
    },
    .init("adam: {lr: 0.05, betas: [0.8, 0.7], amsgrad: true}") { start, gradients in
      var (mean, square, largest, count) = (0.0, 0.0, 0.0, 0.0)
      return steps(start, gradients) { _, gradient in
        count += 1
        mean = 0.8 * mean + 0.2 * gradient
        square = 0.7 * square + 0.3 * gradient * gradient
        largest = max(largest, square)
        let root = (largest / (1 - pow(0.7, count))).squareRoot()
        return 0.05 * mean / (1 - pow(0.8, count)) / (root + 1e-8)
      }
    },
    .init("adamw: {lr: 0.05, weight_decay: 0.3}") { start, gradients in
      var (mean, square, count) = (0.0, 0.0, 0.0)
      return steps(start, gradients) { parameter, gradient in
        count += 1
        mean = 0.9 * mean + 0.1 * gradient
        square = 0.999 * square + 0.001 * gradient * gradient
        let root = (square / (1 - pow(0.999, count))).squareRoot()
        return 0.05 * 0.3 * parameter + 0.05 * mean / (1 - pow(0.9, count)) / (root + 1e-8)
      }
    },
    .init("rmsprop: {lr: 0.02, alpha: 0.9, eps: 0.001, weight_decay: 0.1}") { start, gradients in
      var square = 0.0
      return steps(start, gradients) { parameter, gradient in
        let whole = gradient + 0.1 * parameter
        square = 0.9 * square + 0.1 * whole * whole
        return 0.02 * whole / (square.squareRoot() + 0.001)
      }
    },
    .init("rmsprop: {lr: 0.02, alpha: 0.9, momentum: 0.5, centered: true}") { start, gradients in
      var (square, mean, buffer) = (0.0, 0.0, 0.0)
      return steps(start, gradients) { _, gradient in
        square = 0.9 * square + 0.1 * gradient * gradient
        mean = 0.9 * mean + 0.1 * gradient
        buffer = 0.5 * buffer + gradient / ((square - mean * mean).squareRoot() + 1e-8)
        return 0.02 * buffer
      }
    },
    .init(
      "adagrad: {lr: 0.1, lr_decay: 0.25, initial_accumulator_value: 0.5, weight_decay: 0.1}"
    ) { start, gradients in
      var (sum, count) = (0.5, 0.0)
      return steps(start, gradients) { parameter, gradient in
        let whole = gradient + 0.1 * parameter
        sum += whole * whole
        defer { count += 1 }
        return 0.1 / (1 + 0.25 * count) * whole / (sum.squareRoot() + 1e-10)
      }
    },
    .init("lbfgs: {lr: 0.5, max_iter: 4}", nil),
    .init("lbfgs: {line_search_fn: strong_wolfe, max_iter: 4, history_size: 3}", nil),
  ]

  /// The parameter after each step, each of which subtracts a number from it.
  private static func steps(
    _ start: Double, _ gradients: [Double],
    by change: (_ parameter: Double, _ gradient: Double) -> Double
  ) -> [Double] {
    var parameter = start
    return gradients.map { gradient in
      parameter -= change(parameter, gradient)
      return parameter
    }
  }
}

extension OptimizerSample {
  /// The optimizer, as a config builds it.
  func optimizer() throws -> any Optimizer {
    try Config(yaml: smallConfig, overrides: ["optimizer={\(text)}"]).makeOptimizer()
  }
}
