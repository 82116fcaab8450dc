package import NNData

/// What a person has chosen on the playground's page. What is nil follows from the data.
package struct PlaygroundSettings: Sendable, Hashable {
  /// What points there are.
  package var source = PlaygroundSource.circles
  /// How many points a generator makes.
  package var samples = 300
  /// The standard deviation of what is added, where half the width of the data is 1.
  package var noise: Double?
  /// How many classes there are, where a generator has that choice.
  package var classes: Int?
  /// The text of a table.
  package var table = ""
  /// What the table's targets stand for.
  package var task = LearningTask.automatic
  /// The share of points to learn from; the others are for testing.
  package var trainShare = 0.7
  /// What the network reads; the coordinates where nil.
  package var features: [PlaygroundFeature]?
  /// Nodes of each hidden layer.
  package var hidden = [8, 8]
  /// What stands behind each hidden layer.
  package var activation = PlaygroundActivation.tanh
  /// What is minimised; what suits the data where nil.
  package var loss: PlaygroundLoss?
  /// How weights change.
  package var optimizer = PlaygroundOptimizer.adam
  /// The step size.
  package var learningRate = 0.01
  /// Points in a step; all of them where there are fewer.
  package var batchSize = 16
  /// The factor of the L1 penalty.
  package var l1Penalty = 0.0
  /// The factor of the L2 penalty; with AdamW that of the decay.
  package var weightDecay = 0.0
  /// The probability with which training drops the output of a hidden node.
  package var dropout = 0.0
  /// What points, first weights and order depend on.
  package var seed = 1

  /// What the page starts with.
  package init() {}
}

/// What the playground allows.
package enum PlaygroundBounds {
  /// Points that a generator makes.
  package static let samples = 20...1000
  /// Noise where half the width of the data is 1.
  package static let noise = 0.0...0.5
  /// Classes of generators that have the choice.
  package static let classes = 2...5
  /// Classes that a table may have: as many as there are colours.
  package static let tableClasses = 2...5
  /// Bytes of a table.
  package static let tableBytes = 200_000
  /// Rows of a table.
  package static let tableRows = 10...2000
  /// The share of points to learn from.
  package static let trainShare = 0.1...0.9
  /// Hidden layers.
  package static let layers = 0...6
  /// Nodes of a hidden layer.
  package static let nodes = 1...16
  /// The step size.
  package static let learningRate = 0.000001...10.0
  /// Points in a step.
  package static let batchSize = 1...1000
  /// The factor of the L1 penalty.
  package static let l1Penalty = 0.0...10.0
  /// The factor of the L2 penalty.
  package static let weightDecay = 0.0...10.0
  /// The probability of dropping an output.
  package static let dropout = 0.0...0.9
  /// A weight or bias that is set by hand.
  package static let weight = -100.0...100.0
  /// The seed; every page reads such integers exactly.
  package static let seed = 0...2_147_483_647
}
