import NNCore
import NNLayers
import NNLosses
import NNOptimizers

extension Workload {
  /// Rows of a 28×28 image as steps, hidden 128, a dense layer on the last step, batch 128, Adam.
  static let lstm = recurrent("lstm", LSTM(128, returns: .last), [128, 28, 28], "LSTM of 128")

  /// The same with gated recurrent units.
  static let gru = recurrent("gru", GRU(128, returns: .last), [128, 28, 28], "GRU of 128")

  /// Weights that exceed the second-level cache.
  static let lstm512 = recurrent(
    "lstm512", LSTM(512, returns: .last), [32, 100, 64], "LSTM of 512")

  /// One sequence of many small steps, which measures the overhead of a step.
  static let gru16 = recurrent("gru16", GRU(16, returns: .last), [1, 1000, 8], "GRU of 16")

  private static func recurrent(
    _ name: String, _ layer: any Layer, _ shape: Shape, _ summary: String
  ) -> Workload {
    Workload(
      name,
      "\(summary), \(shape[1]) steps of \(shape[2]), the last one into dense 10, batch \(shape[0]), "
        + "Adam"
    ) {
      Network(
        model: Model([layer, Dense(10)]), loss: CrossEntropy(), optimizer: Adam(),
        input: RandomBatch.normal(shape), target: RandomBatch.labels(shape[0], classes: 10))
    }
  }
}
