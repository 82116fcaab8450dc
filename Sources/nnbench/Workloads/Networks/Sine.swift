import NNCore
import NNLayers
import NNLosses
import NNOptimizers

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Workload {
  /// Regression of the sine on −π…π: 1-10-1 with sigmoid, batch of 100 points, SGD.
  static let sine = Workload("sine", "1-10-1 with sigmoid, 100 points of the sine, SGD") {
    let points = (0..<100).map { -3.14 + 6.28 * Double($0) / 99 }
    return Network(
      model: Model {
        Dense(10)
        Sigmoid()
        Dense(1)
      }, loss: MeanSquaredError(), optimizer: SGD(learningRate: 0.1),
      input: HostTensor(points, shape: [100, 1]),
      target: HostTensor(points.map { sin($0) }, shape: [100, 1]))
  }
}
