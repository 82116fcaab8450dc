import NNCore
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers

extension Workload {
  /// Two 3×3 convolutions with pooling, two dense layers, 28×28 images, batch 64, Adam.
  static let lenet = Workload(
    "lenet", "3×3 convolutions of 32 and 64, dense 128-10, 28×28, batch 64, Adam"
  ) {
    Network(
      model: Model {
        Conv2D(32, kernelSize: 3, padding: 1)
        ReLU()
        MaxPool2D(2)
        Conv2D(64, kernelSize: 3, padding: 1)
        ReLU()
        MaxPool2D(2)
        Flatten()
        Dense(128)
        ReLU()
        Dense(10)
      }, loss: CrossEntropy(), optimizer: Adam(), input: RandomBatch.normal([64, 1, 28, 28]),
      target: RandomBatch.labels(64, classes: 10))
  }
}
