package import NNOptimizers

extension Registry where Product == any Optimizer {
  /// The optimizers, with all of PyTorch's options that change the mathematics.
  package static let optimizers = Registry(
    "optimizer", example: "`adam: {lr: 0.001}`",
    [
      Row(
        "sgd",
        "Stochastic gradient descent, θ ← θ − lr·g, with momentum b ← momentum·b + (1 − "
          + "dampening)·g and θ ← θ − lr·b, as `torch.optim.SGD`."
      ) { options in
        let rate = options.required("lr", .number(.nonNegative), "the learning rate")
        let momentum = options.value(
          "momentum", .number(.nonNegative), default: 0,
          "the share of the previous update that is kept")
        let dampening = options.value(
          "dampening", .number(), default: 0,
          "the share of the gradient that is not added to the momentum")
        let weightDecay = options.value(
          "weight_decay", .number(.nonNegative), default: 0,
          "the L2 penalty: weight_decay·θ is added to the gradient")
        let nesterov = options.value(
          "nesterov", .bool, default: false,
          "whether to use Nesterov momentum, θ ← θ − lr·(g + momentum·b)")
        let maximize = options.value(
          "maximize", .bool, default: false, "whether to maximize the loss")
        options.check(
          !nesterov || momentum > 0 && dampening == 0, on: "nesterov",
          "`nesterov` needs `momentum` above 0 and `dampening` 0")
        return {
          SGD(
            learningRate: rate, momentum: momentum, dampening: dampening,
            weightDecay: weightDecay, nesterov: nesterov, maximize: maximize)
        }
      },
      Row(
        "adam",
        "Updates scaled by running moments of the gradient, as `torch.optim.Adam`: θ ← θ "
          + "− lr·m̂/(√v̂ + eps)."
      ) { options in
        let adam = AdamOptions(
          options, weightDecay: 0, "the L2 penalty: weight_decay·θ is added to the gradient")
        return {
          Adam(
            learningRate: adam.rate, betas: (adam.betas[0], adam.betas[1]), epsilon: adam.epsilon,
            weightDecay: adam.weightDecay, amsgrad: adam.amsgrad, maximize: adam.maximize)
        }
      },
      Row(
        "adamw",
        "Adam with decoupled weight decay, as `torch.optim.AdamW`: θ ← θ·(1 − "
          + "lr·weight_decay), then an update of `adam`."
      ) { options in
        let adam = AdamOptions(
          options, weightDecay: 0.01, "the factor of the decay, which is not scaled by moments")
        return {
          AdamW(
            learningRate: adam.rate, betas: (adam.betas[0], adam.betas[1]), epsilon: adam.epsilon,
            weightDecay: adam.weightDecay, amsgrad: adam.amsgrad, maximize: adam.maximize)
        }
      },
      Row(
        "rmsprop", "Gradients divided by their running root mean square, as `torch.optim.RMSprop`."
      ) { options in
        let rate = options.value("lr", .number(.nonNegative), default: 0.01, "the learning rate")
        let alpha = options.value(
          "alpha", .number(.probability), default: 0.99,
          "the decay of the running mean of squared gradients")
        let epsilon = options.value(
          "eps", .number(.nonNegative), default: 1e-8, "the number that is added to the divisor")
        let weightDecay = options.value(
          "weight_decay", .number(.nonNegative), default: 0,
          "the L2 penalty: weight_decay·θ is added to the gradient")
        let momentum = options.value(
          "momentum", .number(.nonNegative), default: 0,
          "the share of the previous update that is kept")
        let centered = options.value(
          "centered", .bool, default: false,
          "whether to divide by the running standard deviation instead")
        let maximize = options.value(
          "maximize", .bool, default: false, "whether to maximize the loss")
        return {
          RMSprop(
            learningRate: rate, alpha: alpha, epsilon: epsilon, weightDecay: weightDecay,
            momentum: momentum, centered: centered, maximize: maximize)
        }
      },
      Row(
        "adagrad",
        "Gradients divided by the root of the sum of all past squared gradients, as "
          + "`torch.optim.Adagrad`."
      ) { options in
        let rate = options.value("lr", .number(.nonNegative), default: 0.01, "the learning rate")
        let rateDecay = options.value(
          "lr_decay", .number(.nonNegative), default: 0,
          "step t has the learning rate lr/(1 + (t − 1)·lr_decay)")
        let weightDecay = options.value(
          "weight_decay", .number(.nonNegative), default: 0,
          "the L2 penalty: weight_decay·θ is added to the gradient")
        let initial = options.value(
          "initial_accumulator_value", .number(.nonNegative), default: 0,
          "the sum of squared gradients at the start")
        let epsilon = options.value(
          "eps", .number(.nonNegative), default: 1e-10, "the number that is added to the divisor")
        let maximize = options.value(
          "maximize", .bool, default: false, "whether to maximize the loss")
        return {
          Adagrad(
            learningRate: rate, learningRateDecay: rateDecay, weightDecay: weightDecay,
            initialAccumulatorValue: initial, epsilon: epsilon, maximize: maximize)
        }
      },
      Row(
        "lbfgs",
        "Limited-memory BFGS, as `torch.optim.LBFGS`: evaluates the loss several times in a step. "
          + "For small networks and whole data sets as batches."
      ) { options in
        let rate = options.value(
          "lr", .number(.nonNegative), default: 1,
          "the learning rate; with a line search the first step length that it tries")
        let iterations = options.value(
          "max_iter", .integer(1...), default: 20, "the maximum number of iterations of a step")
        let evaluations = options.optional(
          "max_eval", .integer(1...),
          "the maximum number of evaluations of the loss in a step; null: 1.25 · max_iter")
        let gradient = options.value(
          "tolerance_grad", .number(.nonNegative), default: 1e-7,
          "a step ends if no element of the gradient is larger")
        let change = options.value(
          "tolerance_change", .number(.nonNegative), default: 1e-9,
          "a step ends if loss and parameters change by less")
        let history = options.value(
          "history_size", .integer(1...), default: 100,
          "the number of past updates that approximate the inverse Hessian")
        let search = options.optional(
          "line_search_fn", .choice([("strong_wolfe", LBFGS.LineSearch.strongWolfe)]),
          "the line search; null: every iteration takes the step `lr`")
        let maximize = options.value(
          "maximize", .bool, default: false, "whether to maximize the loss")
        return {
          LBFGS(
            learningRate: rate, maxIterations: iterations, maxEvaluations: evaluations,
            toleranceGradient: gradient, toleranceChange: change, historySize: history,
            lineSearch: search ?? .none, maximize: maximize)
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

  init(
    _ options: OptionReader, weightDecay defaultDecay: Double, _ decayMeaning: String
  ) {
    rate = options.value("lr", .number(.nonNegative), default: 0.001, "the learning rate")
    betas = options.value(
      "betas", .list(.number(.belowOne), count: 2...2), default: [0.9, 0.999],
      "the decays of the running means of gradients and of squared gradients")
    epsilon = options.value(
      "eps", .number(.nonNegative), default: 1e-8, "the number that is added to the divisor")
    weightDecay = options.value(
      "weight_decay", .number(.nonNegative), default: defaultDecay, decayMeaning)
    amsgrad = options.value(
      "amsgrad", .bool, default: false,
      "whether to divide by the root of the largest mean of squared gradients so far (AMSGrad)")
    maximize = options.value("maximize", .bool, default: false, "whether to maximize the loss")
  }
}
