import NNCore

extension OpCatalog {
  // MARK: - Normalization

  static func normalization(_ dtype: DType) -> [OpRow] {
    func one(_ shape: Shape) -> OpSample.Input { .init(shape, dtype) }
    func configuration(_ axes: Int, weight: Bool = true, bias: Bool = true)
      -> LayerNormConfiguration
    {
      LayerNormConfiguration(axes: axes, epsilon: 1e-5, hasWeight: weight, hasBias: bias)
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
        LayerNormalization(configuration: configuration(1)),
        configurations.map {
          OpSample(LayerNormalization(configuration: $0.configuration), $0.inputs.map(one))
        },
        refuses: [
          [TensorType([3, 4], .int32), TensorType([4], .int32), TensorType([4], .int32)],
          [TensorType([3, 4], dtype), TensorType([3], dtype), TensorType([4], dtype)],
          [TensorType([3, 0], dtype), TensorType([0], dtype), TensorType([0], dtype)],
          [TensorType([], dtype), TensorType([1], dtype), TensorType([1], dtype)],
        ]
      ).differentiable(times: 1),
      OpRow(
        LayerNormGradient(configuration: configuration(1)),
        configurations.compactMap { configuration, inputs in
          let types = inputs.map { TensorType($0, dtype) }
          guard let statistics = try? configuration.statistics(types) else { return nil }
          return OpSample(
            LayerNormGradient(configuration: configuration),
            (inputs + [statistics.shape, statistics.shape, inputs[0]]).map(one))
        },
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
