package import NNData

/// The settings on the playground's page. Defaults of nil values depend on the data.
package struct PlaygroundSettings: Sendable, Hashable {
  /// The data set.
  package var source = PlaygroundSource.circles
  /// The number of generated points.
  package var samples = 300
  /// The standard deviation of the noise, relative to half the width of the data.
  package var noise: Double?
  /// The number of classes, for generators with that option.
  package var classes: Int?
  /// The text of a table.
  package var table = ""
  /// The task of the table's targets: classes or numbers.
  package var task = LearningTask.automatic
  /// The share of points for training; the others are for testing.
  package var trainShare = 0.7
  /// The input features; nil for the coordinates.
  package var features: [PlaygroundFeature]?
  /// The number of nodes of each hidden layer.
  package var hidden = [8, 8]
  /// The activation after each hidden layer.
  package var activation = PlaygroundActivation.tanh
  /// The loss; nil for the default for the data.
  package var loss: PlaygroundLoss?
  /// The optimizer.
  package var optimizer = PlaygroundOptimizer.adam
  /// The learning rate.
  package var learningRate = 0.01
  /// The batch size; at most the number of points.
  package var batchSize = 16
  /// The factor of the L1 penalty.
  package var l1Penalty = 0.0
  /// The factor of the L2 penalty; with AdamW of the decoupled weight decay.
  package var weightDecay = 0.0
  /// The dropout probability of hidden nodes.
  package var dropout = 0.0
  /// The seed of points, initial weights and order.
  package var seed = 1

  /// The initial settings of the page.
  package init() {}
}

/// The bounds of the playground's settings.
package enum PlaygroundBounds {
  /// The number of generated points.
  package static let samples = 20...1000
  /// Noise, relative to half the width of the data.
  package static let noise = 0.0...0.5
  /// The number of classes, for generators with that option.
  package static let classes = 2...5
  /// The number of classes of a table, limited by the number of colours.
  package static let tableClasses = 2...5
  /// The maximum size of a table, in bytes.
  package static let tableBytes = 200_000
  /// The number of rows of a table.
  package static let tableRows = 10...2000
  /// The share of points for training.
  package static let trainShare = 0.1...0.9
  /// The number of hidden layers.
  package static let layers = 0...6
  /// The number of nodes of a hidden layer.
  package static let nodes = 1...16
  /// The learning rate.
  package static let learningRate = 0.000001...10.0
  /// The batch size.
  package static let batchSize = 1...1000
  /// The factor of the L1 penalty.
  package static let l1Penalty = 0.0...10.0
  /// The factor of the L2 penalty.
  package static let weightDecay = 0.0...10.0
  /// The dropout probability.
  package static let dropout = 0.0...0.9
  /// A weight or bias that is set by hand.
  package static let weight = -100.0...100.0
  /// The seed; JavaScript represents these integers exactly.
  package static let seed = 0...2_147_483_647
}
