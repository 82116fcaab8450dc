import NNCore
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers

extension Network {
  /// The network of docs/examples/configs/fashion-cnn.yaml with a batch of raw images [N, 1, 28, 28],
  /// whose elements are bytes as 0…1.
  static func fashionCNN(images count: Int) -> Network {
    Network(
      model: Model {
        Conv2D(32, kernelSize: 3, padding: .same, bias: false)
        BatchNorm2D()
        ReLU()
        MaxPool2D(2)
        Conv2D(64, kernelSize: 3, padding: .same, bias: false)
        BatchNorm2D()
        ReLU()
        MaxPool2D(2)
        Flatten()
        Dropout(0.3)
        Dense(128)
        ReLU()
        Dense(10)
      }, loss: CrossEntropy(reduction: .sum), optimizer: Adam(),
      input: RandomBatch.pixels([count, 1, 28, 28]),
      target: RandomBatch.labels(count, classes: 10))
  }

  /// The output of the network in evaluation mode for raw images, which are normalised in the graph by
  /// the mean and the standard deviation of Fashion-MNIST, in float64 as in `nntrain`.
  ///
  /// - Parameters:
  ///   - images: Raw images, [N, 1, 28, 28].
  ///   - layout: The parameters.
  static func output(
    of model: Model, rawImages images: Value, layout: ParameterLayout
  ) -> Value {
    let (mean, deviation) = (0.2860, 0.3530)
    let scale = images.graph.constant(HostTensor([1 / deviation], shape: [1, 1, 1]))
    let offset = images.graph.constant(HostTensor([-mean / deviation], shape: [1, 1, 1]))
    let normalized = (images.converted(to: .float64) * scale + offset).converted(to: images.dtype)
    return model.build(in: images.graph, input: normalized, layout: layout, mode: .evaluation).value
  }
}
