import NNCore

extension OpCatalog {
  // MARK: - Attention, gathering and scattering rows

  static func attention(_ dtype: DType) -> [OpRow] {
    func one(_ shape: Shape) -> OpSample.Input { .init(shape, dtype) }
    func index(_ shape: Shape, below: Int) -> OpSample.Input {
      .init(shape, .int32, contents: .integers(below: below))
    }
    func mask(_ shape: Shape) -> OpSample.Input { .init(shape, dtype, contents: .flags) }
    func configuration(
      _ sources: AttentionConfiguration.Sources, _ heads: Int, causal: Bool = false,
      lengths: Bool = false,
      position: Bool = false, mask: Bool = false, scale: Double? = nil
    ) -> AttentionConfiguration {
      AttentionConfiguration(
        sources: sources, heads: heads, scale: scale, isCausal: causal, hasLengths: lengths,
        hasPosition: position, hasMask: mask)
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
        Attention(configuration: configuration(.packed, 2)),
        configurations.map { OpSample(Attention(configuration: $0.configuration), $0.inputs) },
        refuses: [
          [odd], [TensorType([2, 5], dtype)], [TensorType([2, 5, 9], dtype)],
          [TensorType([2, 5, 12], .int32)],
        ]
      ).differentiable(times: 1),
      OpRow(
        AttentionGradient(configuration: configuration(.packed, 2)),
        configurations.compactMap { configuration, inputs in
          guard let size = try? configuration.size(inputs.map(\.type)) else { return nil }
          let results = [one(size.output.shape), one(size.logSums.shape), one(size.output.shape)]
          return OpSample(AttentionGradient(configuration: configuration), inputs + results)
        },
        refuses: [[packed, packed, packed, packed]]
      ).withoutGradient,
      OpRow(
        GatherRows(paddingRow: nil),
        [
          OpSample(GatherRows(paddingRow: nil), [one([5, 3]), index([2, 4], below: 6)]),
          OpSample(GatherRows(paddingRow: nil), [one([7, 1]), index([9], below: 7)]),
          OpSample(GatherRows(paddingRow: nil), [one([3, 130]), index([], below: 3)]),
          OpSample(GatherRows(paddingRow: nil), [one([50, 37]), index([900], below: 50)]),
        ],
        refuses: [
          [TensorType([5, 3], dtype), TensorType([2], dtype)],
          [TensorType([5], dtype), TensorType([2], .int32)],
        ]),
      OpRow(
        ScatterAddRows(count: 5, paddingRow: 1),
        [
          OpSample(
            ScatterAddRows(count: 5, paddingRow: 1), [one([2, 4, 3]), index([2, 4], below: 6)]),
          OpSample(ScatterAddRows(count: 3, paddingRow: nil), [one([33]), index([], below: 3)]),
          OpSample(
            ScatterAddRows(count: 50, paddingRow: 0), [one([900, 37]), index([900], below: 50)]),
        ],
        refuses: [[TensorType([4, 3], dtype), TensorType([3], .int32)]]),
      OpRow(
        PermuteRows(isPartial: false),
        [
          OpSample(PermuteRows(isPartial: false), [one([5, 3]), index([5], below: 7)]),
          OpSample(PermuteRows(isPartial: false), [one([3, 7, 130]), index([3], below: 3)]),
          OpSample(PermuteRows(isPartial: false), [one([4]), index([4], below: 4)]),
          OpSample(PermuteRows(isPartial: false), [one([0, 3]), index([0], below: 1)]),
          OpSample(
            PermuteRows(isPartial: true),
            [one([4, 9, 200]), index([4], below: 4), index([1], below: 12)]),
        ],
        refuses: [
          [TensorType([5, 3], dtype), TensorType([4], .int32)],
          [TensorType([5, 3], .int32), TensorType([5], .int32)],
        ]
      ).withoutGradient,
      OpRow(
        ScatterRows(),
        [
          OpSample(ScatterRows(), [one([2, 5, 3]), one([2, 1, 3]), index([1], below: 5)]),
          OpSample(ScatterRows(), [one([1, 4, 2]), one([1, 3, 2]), index([1], below: 4)]),
        ],
        refuses: [
          [TensorType([2, 5, 3], dtype), TensorType([2, 1, 3], dtype), TensorType([2], .int32)]
        ]
      ).withoutGradient,
    ]
  }
}
