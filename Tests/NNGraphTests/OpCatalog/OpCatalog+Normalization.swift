import NNCore
import NNGraph

extension OpCatalog {
  // MARK: - Normalization

  static func normalization(_ dtype: DType) -> [OpRow] {
    func configuration(_ axes: Int, weight: Bool = true, bias: Bool = true)
      -> LayerNormConfiguration
    {
      LayerNormConfiguration(axes: axes, epsilon: 1e-5, hasWeight: weight, hasBias: bias)
    }
    func sample(_ configuration: LayerNormConfiguration, _ shapes: [Shape]) -> OpSample {
      OpSample(shapes.map { .init($0, dtype) }) { configuration.outputs($0)[0] }
    }
    func gradient(_ configuration: LayerNormConfiguration, _ shapes: [Shape]) -> OpSample {
      let results = sample(configuration, shapes).outputTypes.map(\.shape)
      let all = shapes + results.dropFirst() + results.prefix(1)
      return OpSample(all.map { .init($0, dtype) }) { configuration.gradients($0)[0] }
    }
    let configurations: [(configuration: LayerNormConfiguration, inputs: [Shape])] = [
      (configuration(1), [[3, 7], [7], [7]]), (configuration(1, bias: false), [[2, 5, 16], [16]]),
      (configuration(1, weight: false, bias: false), [[4, 33]]),
      (configuration(2), [[3, 4, 5], [4, 5], [4, 5]]),
      // More rows than a chunk has, and rows longer than a block of sums.
      (configuration(1), [[150, 6], [6], [6]]), (configuration(1), [[2, 1100], [1100], [1100]]),
      (configuration(1), [[2, 3, 2], [2], [2]]), (configuration(1), [[0, 4], [4], [4]]),
    ]
    return [
      OpRow(
        "LayerNormalization", configurations.map { sample($0.configuration, $0.inputs) },
        refuses: [
          [TensorType([3, 4], .int32), TensorType([4], .int32), TensorType([4], .int32)],
          [TensorType([3, 4], dtype), TensorType([3], dtype), TensorType([4], dtype)],
          [TensorType([3, 0], dtype), TensorType([0], dtype), TensorType([0], dtype)],
          [TensorType([], dtype), TensorType([1], dtype), TensorType([1], dtype)],
        ]
      ).differentiable(times: 1),
      OpRow(
        "LayerNormGradient", configurations.map { gradient($0.configuration, $0.inputs) },
        refuses: [
          [
            TensorType([3, 4], dtype), TensorType([4], dtype), TensorType([4], dtype),
            TensorType([3, 4], dtype), TensorType([3, 1], dtype), TensorType([3, 4], dtype),
          ]
        ]
      ).withoutGradient,
    ]
  }
}
