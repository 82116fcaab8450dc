import NNCore
import NNGraph

extension OpCatalog {
  // MARK: - Attention

  static func attention(_ dtype: DType) -> [OpRow] {
    func one(_ shape: Shape) -> OpSample.Input { .init(shape, dtype) }
    func index(_ shape: Shape, below: Int) -> OpSample.Input {
      .init(shape, .int32, contents: .integers(below: below))
    }
    func mask(_ shape: Shape) -> OpSample.Input { .init(shape, dtype, contents: .flags) }
    func configuration(
      _ sources: AttentionConfiguration.Sources, _ heads: Int, causal: Bool = false,
      lengths: Bool = false, position: Bool = false, mask: Bool = false, scale: Double? = nil
    ) -> AttentionConfiguration {
      AttentionConfiguration(
        sources: sources, heads: heads, scale: scale, isCausal: causal, hasLengths: lengths,
        hasPosition: position, hasMask: mask)
    }
    func sample(
      _ configuration: AttentionConfiguration, _ inputs: [OpSample.Input]
    ) -> OpSample { OpSample(inputs) { configuration.outputs($0)[0] } }
    func gradient(
      _ configuration: AttentionConfiguration, _ inputs: [OpSample.Input]
    ) -> OpSample {
      let results = sample(configuration, inputs).outputTypes.map { one($0.shape) }
      return OpSample(inputs + results + results.prefix(1)) { configuration.gradients($0)[0] }
    }
    let lengths = index([2], below: 8)
    let configurations: [(configuration: AttentionConfiguration, inputs: [OpSample.Input])] = [
      (configuration(.packed, 2), [one([2, 5, 12])]),
      (configuration(.packed, 1, causal: true), [one([1, 37, 9])]),
      (configuration(.packed, 2, causal: true), [one([1, 130, 36])]),
      (configuration(.packed, 2, causal: true, lengths: true), [one([2, 7, 12]), lengths]),
      (
        configuration(.packed, 1, lengths: true, mask: true),
        [one([2, 5, 9]), lengths, mask([5, 5])]
      ),
      (configuration(.paired, 2, scale: 0.7), [one([2, 3, 4]), one([2, 6, 8])]),
      (
        configuration(.paired, 4, mask: true),
        [one([1, 6, 8]), one([1, 40, 16]), mask([1, 6, 40])]
      ),
      (
        configuration(.separate, 1, lengths: true),
        [one([2, 2, 3]), one([2, 7, 3]), one([2, 7, 4]), lengths]
      ),
      (
        configuration(.separate, 2, causal: true, position: true),
        [one([2, 3, 4]), one([2, 9, 4]), one([2, 9, 6]), index([1], below: 6)]
      ),
      (configuration(.packed, 4), [one([0, 5, 12])]),
      (configuration(.packed, 4), [one([2, 0, 12])]),
    ]
    let odd = TensorType([2, 5, 13], dtype)
    let packed = TensorType([2, 5, 12], dtype)
    return [
      OpRow(
        "Attention", configurations.map { sample($0.configuration, $0.inputs) },
        refuses: [
          [odd], [TensorType([2, 5], dtype)], [TensorType([2, 5, 9], dtype)],
          [TensorType([2, 5, 12], .int32)],
        ]
      ).differentiable(times: 1),
      OpRow(
        "AttentionGradient", configurations.map { gradient($0.configuration, $0.inputs) },
        refuses: [[packed, packed, packed, packed]]
      ).withoutGradient,
    ]
  }
}
