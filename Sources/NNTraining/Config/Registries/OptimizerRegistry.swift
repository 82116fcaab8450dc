package import NNOptimizers

extension Registry where Product == any Optimizer {
  /// The optimizers, with all of PyTorch's options that change the mathematics.
  package static let optimizers = Registry(
    "optimizer", example: "`adam: {lr: 0.001}`",
    [
      Row("sgd") { options in
        let rate = options.required("lr", .number(.nonNegative))
        let momentum = options.value("momentum", .number(.nonNegative), default: 0)
        let dampening = options.value("dampening", .number(), default: 0)
        let weightDecay = options.value("weight_decay", .number(.nonNegative), default: 0)
        let nesterov = options.value("nesterov", .bool, default: false)
        let maximize = options.value("maximize", .bool, default: false)
        options.check(
          !nesterov || momentum > 0 && dampening == 0, on: "nesterov",
          "`nesterov` needs `momentum` above 0 and `dampening` 0")
        return {
          SGD(
            learningRate: rate, momentum: momentum, dampening: dampening,
            weightDecay: weightDecay, nesterov: nesterov, maximize: maximize)
        }
      },
      Row("adam") { options in
        let adam = AdamOptions(options, weightDecay: 0)
        return {
          Adam(
            learningRate: adam.rate, betas: (adam.betas[0], adam.betas[1]), epsilon: adam.epsilon,
            weightDecay: adam.weightDecay, amsgrad: adam.amsgrad, maximize: adam.maximize)
        }
      },
      Row("adamw") { options in
        let adam = AdamOptions(options, weightDecay: 0.01)
        return {
          AdamW(
            learningRate: adam.rate, betas: (adam.betas[0], adam.betas[1]), epsilon: adam.epsilon,
            weightDecay: adam.weightDecay, amsgrad: adam.amsgrad, maximize: adam.maximize)
        }
      },
      Row("rmsprop") { options in
        let rate = options.value("lr", .number(.nonNegative), default: 0.01)
        let alpha = options.value("alpha", .number(.probability), default: 0.99)
        let epsilon = options.value("eps", .number(.nonNegative), default: 1e-8)
        let weightDecay = options.value("weight_decay", .number(.nonNegative), default: 0)
        let momentum = options.value("momentum", .number(.nonNegative), default: 0)
        let centered = options.value("centered", .bool, default: false)
        let maximize = options.value("maximize", .bool, default: false)
        return {
          RMSprop(
            learningRate: rate, alpha: alpha, epsilon: epsilon, weightDecay: weightDecay,
            momentum: momentum, centered: centered, maximize: maximize)
        }
      },
      Row("adagrad") { options in
        let rate = options.value("lr", .number(.nonNegative), default: 0.01)
        let rateDecay = options.value("lr_decay", .number(.nonNegative), default: 0)
        let weightDecay = options.value("weight_decay", .number(.nonNegative), default: 0)
        let initial = options.value(
          "initial_accumulator_value", .number(.nonNegative), default: 0)
        let epsilon = options.value("eps", .number(.nonNegative), default: 1e-10)
        let maximize = options.value("maximize", .bool, default: false)
        return {
          Adagrad(
            learningRate: rate, learningRateDecay: rateDecay, weightDecay: weightDecay,
            initialAccumulatorValue: initial, epsilon: epsilon, maximize: maximize)
        }
      },
    ])
}

/// The options of adam and adamw; they differ in the default and the use of the weight decay.
private struct AdamOptions {
  let rate: Double
  let betas: [Double]
  let epsilon: Double
  let weightDecay: Double
  let amsgrad: Bool
  let maximize: Bool

  init(_ options: OptionReader, weightDecay defaultDecay: Double) {
    rate = options.value("lr", .number(.nonNegative), default: 0.001)
    betas = options.value(
      "betas", .list(.number(.belowOne), count: 2...2), default: [0.9, 0.999])
    epsilon = options.value("eps", .number(.nonNegative), default: 1e-8)
    weightDecay = options.value("weight_decay", .number(.nonNegative), default: defaultDecay)
    amsgrad = options.value("amsgrad", .bool, default: false)
    maximize = options.value("maximize", .bool, default: false)
  }
}
