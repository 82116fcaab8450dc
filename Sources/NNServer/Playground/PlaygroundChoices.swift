/// The data sets of the playground.
package enum PlaygroundSource: String, CaseIterable, Sendable {
  case circles
  case xor
  case spirals
  case moons
  case blobs
  case sine
  case csv

  /// The title on the page.
  var title: String {
    switch self {
    case .circles: "Circles"
    case .xor: "XOR"
    case .spirals: "Spirals"
    case .moons: "Moons"
    case .blobs: "Blobs"
    case .sine: "Sine"
    case .csv: "Own CSV"
    }
  }

  /// The default noise.
  var defaultNoise: Double {
    switch self {
    case .spirals: 0.02
    case .xor: 0.3
    case .blobs: 0.12
    case .circles, .moons, .sine: 0.08
    case .csv: 0
    }
  }
}

/// The activation after each hidden layer.
package enum PlaygroundActivation: String, CaseIterable, Sendable {
  case tanh
  case relu
  case sigmoid
  case leakyReLU = "leaky_relu"
  case elu
  case gelu
  case silu
  case softplus
  /// No activation, so that the network is equivalent to one linear layer.
  case linear

  /// The title on the page.
  var title: String {
    switch self {
    case .tanh: "tanh"
    case .relu: "ReLU"
    case .sigmoid: "Sigmoid"
    case .leakyReLU: "Leaky ReLU"
    case .elu: "ELU"
    case .gelu: "GELU"
    case .silu: "SiLU"
    case .softplus: "Softplus"
    case .linear: "None (linear)"
    }
  }

  /// The layer in Swift; nil for none.
  var swift: String? {
    switch self {
    case .tanh: "Tanh()"
    case .relu: "ReLU()"
    case .sigmoid: "Sigmoid()"
    case .leakyReLU: "LeakyReLU()"
    case .elu: "ELU()"
    case .gelu: "GELU()"
    case .silu: "SiLU()"
    case .softplus: "Softplus()"
    case .linear: nil
    }
  }
}

/// The losses of the playground.
package enum PlaygroundLoss: String, CaseIterable, Sendable {
  case binaryCrossEntropy = "bce_with_logits"
  case crossEntropy = "cross_entropy"
  case meanSquaredError = "mse"
  case absoluteError = "l1"
  case huber

  /// The title on the page.
  var title: String {
    switch self {
    case .binaryCrossEntropy: "Cross entropy"
    case .crossEntropy: "Cross entropy (softmax)"
    case .meanSquaredError: "Squared error"
    case .absoluteError: "Absolute error"
    case .huber: "Huber"
    }
  }

  /// The loss in Swift.
  var swift: String {
    switch self {
    case .binaryCrossEntropy: "BinaryCrossEntropyWithLogits()"
    case .crossEntropy: "CrossEntropy()"
    case .meanSquaredError: "MeanSquaredError()"
    case .absoluteError: "AbsoluteError()"
    case .huber: "Huber()"
    }
  }

  /// The losses for data with `classes` classes, or for numbers (nil); the default first.
  static func choices(classes: Int?) -> [PlaygroundLoss] {
    switch classes {
    case nil: [.meanSquaredError, .absoluteError, .huber]
    case 2?: [.binaryCrossEntropy, .crossEntropy, .meanSquaredError]
    default: [.crossEntropy]
    }
  }
}

/// The optimizers of the playground.
package enum PlaygroundOptimizer: String, CaseIterable, Sendable {
  case adam
  case adamW = "adamw"
  case sgd
  case momentum
  case rmsprop
  case adagrad

  /// The title on the page.
  var title: String {
    switch self {
    case .adam: "Adam"
    case .adamW: "AdamW"
    case .sgd: "SGD"
    case .momentum: "SGD with momentum"
    case .rmsprop: "RMSprop"
    case .adagrad: "Adagrad"
    }
  }
}
