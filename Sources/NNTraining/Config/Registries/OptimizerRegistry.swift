extension Registry where Product == Void {
  /// The optimizers with all of PyTorch's options that change the mathematics.
  package static let optimizers = Registry(
    "optimizer", example: "`adam: {lr: 0.001}`",
    [
      Row("sgd") { options in
        let lr = options.required("lr", .number(.nonNegative))
        let momentum = options.value("momentum", .number(.nonNegative), default: 0)
        let dampening = options.value("dampening", .number(), default: 0)
        let weightDecay = options.value("weight_decay", .number(.nonNegative), default: 0)
        let nesterov = options.value("nesterov", .bool, default: false)
        options.check(
          !nesterov || momentum > 0 && dampening == 0, on: "nesterov",
          "`nesterov` needs `momentum` above 0 and `dampening` 0")
        return { _ = (lr, weightDecay) }
      },
      Row("adam") { options in
        let adam = AdamOptions(options, weightDecay: 0)
        return { _ = adam }
      },
      Row("adamw") { options in
        let adam = AdamOptions(options, weightDecay: 0.01)
        return { _ = adam }
      },
      Row("rmsprop") { options in
        let lr = options.value("lr", .number(.nonNegative), default: 0.01)
        let alpha = options.value("alpha", .number(.probability), default: 0.99)
        let eps = options.value("eps", .number(.nonNegative), default: 1e-8)
        let weightDecay = options.value("weight_decay", .number(.nonNegative), default: 0)
        let momentum = options.value("momentum", .number(.nonNegative), default: 0)
        let centered = options.value("centered", .bool, default: false)
        return { _ = (lr, alpha, eps, weightDecay, momentum, centered) }
      },
      Row("adagrad") { options in
        let lr = options.value("lr", .number(.nonNegative), default: 0.01)
        let lrDecay = options.value("lr_decay", .number(.nonNegative), default: 0)
        let weightDecay = options.value("weight_decay", .number(.nonNegative), default: 0)
        let initial = options.value(
          "initial_accumulator_value", .number(.nonNegative), default: 0)
        let eps = options.value("eps", .number(.nonNegative), default: 1e-10)
        return { _ = (lr, lrDecay, weightDecay, initial, eps) }
      },
    ])
}

/// What adam and adamw take; they differ in the default of the weight decay and in its use.
private struct AdamOptions {
  let lr: Double
  let betas: [Double]
  let eps: Double
  let weightDecay: Double
  let amsgrad: Bool

  init(_ options: OptionReader, weightDecay defaultDecay: Double) {
    lr = options.value("lr", .number(.nonNegative), default: 0.001)
    betas = options.value("betas", .list(.number(.belowOne), count: 2...2), default: [0.9, 0.999])
    eps = options.value("eps", .number(.nonNegative), default: 1e-8)
    weightDecay = options.value("weight_decay", .number(.nonNegative), default: defaultDecay)
    amsgrad = options.value("amsgrad", .bool, default: false)
  }
}
