import NNCore

extension OpCatalog {
  // MARK: - Attention, rows by index

  static func attention(_ dtype: DType) -> [OpRow] {
    func one(_ shape: Shape) -> OpSample.Input { .init(shape, dtype) }
    func index(_ shape: Shape, below: Int) -> OpSample.Input {
      .init(shape, .int32, contents: .integers(below: below))
    }
    func mask(_ shape: Shape) -> OpSample.Input { .init(shape, dtype, contents: .flags) }
    func form(
      _ sources: AttentionForm.Sources, _ heads: Int, causal: Bool = false, lengths: Bool = false,
      position: Bool = false, mask: Bool = false, scale: Double? = nil
    ) -> AttentionForm {
      AttentionForm(
        sources: sources, heads: heads, scale: scale, isCausal: causal, hasLengths: lengths,
        hasPosition: position, hasMask: mask)
    }
    let lengths = index([2], below: 8)
    let forms: [(form: AttentionForm, inputs: [OpSample.Input])] = [
      (form(.packed, 2), [one([2, 5, 12])]),
      (form(.packed, 1, causal: true), [one([1, 37, 9])]),
      (form(.packed, 2, causal: true), [one([1, 130, 36])]),
      (form(.packed, 2, causal: true, lengths: true), [one([2, 7, 12]), lengths]),
      (form(.packed, 1, lengths: true, mask: true), [one([2, 5, 9]), lengths, mask([5, 5])]),
      (form(.paired, 2, scale: 0.7), [one([2, 3, 4]), one([2, 6, 8])]),
      (form(.paired, 4, mask: true), [one([1, 6, 8]), one([1, 40, 16]), mask([1, 6, 40])]),
      (
        form(.separate, 1, lengths: true),
        [one([2, 2, 3]), one([2, 7, 3]), one([2, 7, 4]), lengths]
      ),
      (
        form(.separate, 2, causal: true, position: true),
        [one([2, 3, 4]), one([2, 9, 4]), one([2, 9, 6]), index([1], below: 6)]
      ),
      (form(.packed, 4), [one([0, 5, 12])]), (form(.packed, 4), [one([2, 0, 12])]),
    ]
    let odd = TensorType([2, 5, 13], dtype)
    let packed = TensorType([2, 5, 12], dtype)
    return [
      OpRow(
        Attention(form: form(.packed, 2)),
        forms.map { OpSample(Attention(form: $0.form), $0.inputs) },
        refuses: [
          [odd], [TensorType([2, 5], dtype)], [TensorType([2, 5, 9], dtype)],
          [TensorType([2, 5, 12], .int32)],
        ]
      ).differentiable(times: 1),
      OpRow(
        AttentionGradient(form: form(.packed, 2)),
        forms.compactMap { form, inputs in
          guard let size = try? form.size(inputs.map(\.type)) else { return nil }
          let results = [one(size.output.shape), one(size.logSums.shape), one(size.output.shape)]
          return OpSample(AttentionGradient(form: form), inputs + results)
        },
        refuses: [[packed, packed, packed, packed]]
      ).withoutGradient,
      OpRow(
        TakeRows(paddingRow: nil),
        [
          OpSample(TakeRows(paddingRow: nil), [one([5, 3]), index([2, 4], below: 6)]),
          OpSample(TakeRows(paddingRow: nil), [one([7, 1]), index([9], below: 7)]),
          OpSample(TakeRows(paddingRow: nil), [one([3, 130]), index([], below: 3)]),
          OpSample(TakeRows(paddingRow: nil), [one([50, 37]), index([900], below: 50)]),
        ],
        refuses: [
          [TensorType([5, 3], dtype), TensorType([2], dtype)],
          [TensorType([5], dtype), TensorType([2], .int32)],
        ]),
      OpRow(
        AddRows(count: 5, paddingRow: 1),
        [
          OpSample(AddRows(count: 5, paddingRow: 1), [one([2, 4, 3]), index([2, 4], below: 6)]),
          OpSample(AddRows(count: 3, paddingRow: nil), [one([33]), index([], below: 3)]),
          OpSample(AddRows(count: 50, paddingRow: 0), [one([900, 37]), index([900], below: 50)]),
        ],
        refuses: [[TensorType([4, 3], dtype), TensorType([3], .int32)]]),
      OpRow(
        ReorderRows(isPartial: false),
        [
          OpSample(ReorderRows(isPartial: false), [one([5, 3]), index([5], below: 7)]),
          OpSample(ReorderRows(isPartial: false), [one([3, 7, 130]), index([3], below: 3)]),
          OpSample(ReorderRows(isPartial: false), [one([4]), index([4], below: 4)]),
          OpSample(ReorderRows(isPartial: false), [one([0, 3]), index([0], below: 1)]),
          OpSample(
            ReorderRows(isPartial: true),
            [one([4, 9, 200]), index([4], below: 4), index([1], below: 12)]),
        ],
        refuses: [
          [TensorType([5, 3], dtype), TensorType([4], .int32)],
          [TensorType([5, 3], .int32), TensorType([5], .int32)],
        ]
      ).withoutGradient,
      OpRow(
        PutRows(),
        [
          OpSample(PutRows(), [one([2, 5, 3]), one([2, 1, 3]), index([1], below: 5)]),
          OpSample(PutRows(), [one([1, 4, 2]), one([1, 3, 2]), index([1], below: 4)]),
        ],
        refuses: [
          [TensorType([2, 5, 3], dtype), TensorType([2, 1, 3], dtype), TensorType([2], .int32)]
        ]
      ).withoutGradient,
    ]
  }
}
