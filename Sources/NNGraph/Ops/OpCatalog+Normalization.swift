import NNCore

extension OpCatalog {
  // MARK: - Normalised rows

  static func normalization(_ dtype: DType) -> [OpRow] {
    func one(_ shape: Shape) -> OpSample.Input { .init(shape, dtype) }
    func form(_ axes: Int, weight: Bool = true, bias: Bool = true) -> LayerNormForm {
      LayerNormForm(axes: axes, epsilon: 1e-5, hasWeight: weight, hasBias: bias)
    }
    let forms: [(form: LayerNormForm, inputs: [Shape])] = [
      (form(1), [[3, 7], [7], [7]]), (form(1, bias: false), [[2, 5, 16], [16]]),
      (form(1, weight: false, bias: false), [[4, 33]]), (form(2), [[3, 4, 5], [4, 5], [4, 5]]),
      // More rows than a chunk has, and rows longer than a block of sums.
      (form(1), [[150, 6], [6], [6]]), (form(1), [[2, 1100], [1100], [1100]]),
      (form(1), [[2, 3, 2], [2], [2]]), (form(1), [[0, 4], [4], [4]]),
    ]
    return [
      OpRow(
        LayerNormalization(form: form(1)),
        forms.map { OpSample(LayerNormalization(form: $0.form), $0.inputs.map(one)) },
        refuses: [
          [TensorType([3, 4], .int32), TensorType([4], .int32), TensorType([4], .int32)],
          [TensorType([3, 4], dtype), TensorType([3], dtype), TensorType([4], dtype)],
          [TensorType([3, 0], dtype), TensorType([0], dtype), TensorType([0], dtype)],
          [TensorType([], dtype), TensorType([1], dtype), TensorType([1], dtype)],
        ]
      ).differentiable(times: 1),
      OpRow(
        LayerNormGradient(form: form(1)),
        forms.compactMap { form, inputs in
          let types = inputs.map { TensorType($0, dtype) }
          guard let statistics = try? form.statistics(types) else { return nil }
          return OpSample(
            LayerNormGradient(form: form),
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
