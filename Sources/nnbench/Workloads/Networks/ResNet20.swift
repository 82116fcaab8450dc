import NNCore
import NNGraph
import NNLayers
import NNLosses
import NNOptimizers

extension Workload {
  /// ResNet-20 for 32×32 colour images, batch 32, SGD with momentum and weight decay.
  ///
  /// Source: He, Zhang, Ren, Sun, "Deep residual learning for image recognition", CVPR 2016, §4.2,
  /// with projections where the shape changes.
  static let resnet20 = Workload("resnet20", "ResNet-20 on 32×32 images, batch 32, SGD") {
    let stages = [(channels: 16, stride: 1), (channels: 32, stride: 2), (channels: 64, stride: 2)]
    let blocks = stages.flatMap { stage in
      (0..<3).map { block in
        ResidualBlock(channels: stage.channels, stride: block == 0 ? stage.stride : 1)
      }
    }
    return Network(
      model: Model(
        [Conv2D(16, kernelSize: 3, padding: 1, bias: false), BatchNorm2D(), ReLU()]
          + blocks as [any Layer] + [GlobalAvgPool2D(), Flatten(), Dense(10)]),
      loss: CrossEntropy(),
      optimizer: SGD(learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4),
      input: RandomBatch.normal([32, 3, 32, 32]), target: RandomBatch.labels(32, classes: 10))
  }
}

/// ReLU(f(x) + shortcut(x)): two convolutions in parallel to the identity, or to a projection where
/// the shape changes.
private struct ResidualBlock: Layer {
  let channels: Int
  let stride: Int

  var description: String { "ResidualBlock \(channels)" }

  func callAsFunction(_ input: Value, in scope: Scope) -> Value {
    let stride = Size2D(stride)
    let branch = Sequential {
      Conv2D(channels, kernelSize: 3, stride: stride, padding: 1, bias: false)
      BatchNorm2D()
      ReLU()
      Conv2D(channels, kernelSize: 3, padding: 1, bias: false)
      BatchNorm2D()
    }
    let projection = Sequential {
      Conv2D(channels, kernelSize: 1, stride: stride, bias: false)
      BatchNorm2D()
    }
    let residual = scope.apply(branch, to: input, named: "branch")
    guard !residual.isPoisoned else { return residual }
    guard residual.shape != input.shape else { return (residual + input).relu() }
    let shortcut = scope.apply(projection, to: input, named: "shortcut")
    return shortcut.isPoisoned ? shortcut : (residual + shortcut).relu()
  }
}
