import NNCore
import NNLayers
import NNLosses
import NNOptimizers

extension Workload {
  /// 784-512-256-10 with ReLU, batch 128, Adam.
  static let mlp = Workload("mlp", "784-512-256-10 with ReLU, batch 128, Adam") {
    Network(
      model: Model {
        Dense(512)
        ReLU()
        Dense(256)
        ReLU()
        Dense(10)
      }, loss: CrossEntropy(), optimizer: Adam(), input: RandomBatch.normal([128, 784]),
      target: RandomBatch.labels(128, classes: 10))
  }
}
