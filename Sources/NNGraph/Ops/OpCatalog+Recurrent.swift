import NNCore

extension OpCatalog {
  // MARK: - Recurrent networks

  static func recurrent(_ dtype: DType) -> [OpRow] {
    let plain = RecurrentForm(
      cell: .lstm, isReversed: false, hidden: 3, outputs: 3, isProjected: false,
      hasHiddenBias: false, hasInitialState: false, hasLengths: false)
    let forms = forms
    return [
      OpRow(
        Recurrent(form: plain),
        forms.map { form, steps, rows in
          OpSample(Recurrent(form: form), inputs(form, form.given, steps, rows, dtype))
        },
        refuses: [
          [TensorType([5, 2, 12], dtype), TensorType([12, 4], dtype)],
          [TensorType([5, 2, 9], dtype), TensorType([12, 3], dtype)],
          [TensorType([5, 12], dtype), TensorType([12, 3], dtype)],
          [TensorType([5, 2, 12], .int32), TensorType([12, 3], .int32)],
          [TensorType([5, 2, 12], dtype)],
        ]
      ).differentiable(times: 1),
      OpRow(
        RecurrentGradient(form: plain, incoming: [.y]),
        forms.flatMap { form, steps, rows in
          let states: [RecurrentTensor] = form.cell.isLSTM ? [.lastH, .lastC] : [.lastH]
          return [[.y], states, [.y] + states].map { incoming in
            let op = RecurrentGradient(form: form, incoming: incoming)
            return OpSample(op, inputs(form, op.given, steps, rows, dtype))
          }
        },
        refuses: [[TensorType([5, 2, 3], dtype), TensorType([12, 3], dtype)]]
      ).withoutGradient,
      OpRow(
        PackRecurrent(form: plain, tensor: .hiddenWeight, steps: 5, rows: 2),
        forms.flatMap { form, steps, rows in
          let weights: [RecurrentTensor] =
            form.isProjected ? [.hiddenWeight, .projection] : [.hiddenWeight]
          return weights.map { tensor in
            let op = PackRecurrent(form: form, tensor: tensor, steps: steps, rows: rows)
            return OpSample(
              op,
              inputs(form, op.sources, steps, rows, dtype))
          }
        }, refuses: []
      ).withoutGradient,
    ]
  }

  /// Every cell with every option, with the numbers of steps and rows.
  private static var forms: [(form: RecurrentForm, steps: Int, rows: Int)] {
    func form(
      _ cell: RecurrentCell, _ hidden: Int, outputs: Int? = nil, inputs: Int = 0,
      reversed: Bool = false, initial: Bool = false, lengths: Bool = false
    ) -> RecurrentForm {
      RecurrentForm(
        cell: cell, isReversed: reversed, inputs: inputs, hasBias: inputs > 1, hidden: hidden, outputs: outputs ?? hidden,
        isProjected: outputs != nil, hasHiddenBias: cell == .gru && initial,
        hasInitialState: initial, hasLengths: lengths)
    }
    let small = RecurrentCell.allCases.flatMap { cell in
      [
        (form(cell, 3), 5, 2), (form(cell, 1), 1, 1),
        (form(cell, 17, reversed: true, initial: true), 3, 1),
        (form(cell, 3, initial: true, lengths: true), 4, 9),
        (form(cell, 3, reversed: true, initial: true, lengths: true), 4, 3),
      ]
    }
    // With inputs: one chunk, several, rows that begin late.
    let joint = [RecurrentCell.relu, .tanh, .lstm, .gru].flatMap { cell in
      [
        (form(cell, 3, inputs: 2), 5, 2), (form(cell, 1, inputs: 1), 1, 1),
        (form(cell, 17, inputs: 3, initial: true), 3, 41),
        (form(cell, 3, inputs: 4, reversed: true, initial: true, lengths: true), 4, 9),
        (form(cell, 2, inputs: 5, reversed: true, lengths: true), 3, 4),
        (form(cell, 5, inputs: 1, initial: true, lengths: true), 4, 3),
      ]
    }
    return small + joint + [
      (form(.lstm, 5, outputs: 3), 4, 3), (form(.lstm, 5, outputs: 1), 2, 1),
      (
        form(.lstm, 5, outputs: 2, reversed: true, initial: true, lengths: true), 4, 3
      ),
      (form(.gru, 4), 3, 0),
      // Several chunks of rows; of units, one step at a time.
      (form(.gru, 64), 9, 70), (form(.lstm, 64, outputs: 40), 9, 41),
      (form(.lstm, 280, initial: true, lengths: true), 3, 5),
      (form(.gru, 320, reversed: true), 2, 3),
    ]
  }

  private static func inputs(
    _ form: RecurrentForm, _ tensors: [RecurrentTensor], _ steps: Int, _ rows: Int, _ dtype: DType
  ) -> [OpSample.Input] {
    // Sums of many products stay where the functions are not flat.
    let size = 1 / Double(max(1, form.hidden)).squareRoot()
    return tensors.map { tensor in
      let type = form.type(of: tensor, steps: steps, rows: rows, dtype: dtype)
      return switch tensor {
      case .lengths: .init(type.shape, type.dtype, contents: .integers(below: steps + 1))
      case .hiddenWeight, .projection, .inputWeight: .init(type.shape, type.dtype, -size...size)
      case .gates, .cells, .extra: .init(type.shape, type.dtype, 0.1...0.9)
      default: .init(type.shape, type.dtype)
      }
    }
  }
}
