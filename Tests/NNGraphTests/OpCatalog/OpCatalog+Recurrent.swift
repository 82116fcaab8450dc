import NNCore
import NNGraph

extension OpCatalog {
  // MARK: - Recurrent networks

  static func recurrent(_ dtype: DType) -> [OpRow] {
    func sample(_ configuration: RecurrentConfiguration, _ steps: Int, _ batch: Int) -> OpSample {
      OpSample(inputs(configuration, configuration.given, steps, batch, dtype)) {
        configuration.outputs($0)[0]
      }
    }
    func gradient(
      _ configuration: RecurrentConfiguration, _ incoming: [RecurrentTensor], _ steps: Int,
      _ batch: Int
    ) -> OpSample {
      let given = incoming + configuration.givenBackward
      return OpSample(inputs(configuration, given, steps, batch, dtype)) {
        configuration.gradients($0, incoming: incoming)[0]
      }
    }
    func panels(
      _ configuration: RecurrentConfiguration, _ weight: RecurrentTensor, _ steps: Int,
      _ batch: Int
    ) -> OpSample {
      let sources = configuration.packed(with: weight)
      return OpSample(inputs(configuration, sources, steps, batch, dtype)) {
        configuration.panels(weight, $0, steps: steps, batch: batch)
      }
    }
    let plain = RecurrentConfiguration(
      cell: .lstm, isReversed: false, inputs: 0, hasBias: false, hidden: 3, outputs: 3,
      isProjected: false, hasHiddenBias: false, hasInitialState: false, hasLengths: false)
    let configurations = configurations
    return [
      OpRow(
        "Recurrent", configurations.map { sample($0.configuration, $0.steps, $0.batch) },
        refuses: [
          [TensorType([5, 2, 12], dtype), TensorType([12, 4], dtype)],
          [TensorType([5, 2, 9], dtype), TensorType([12, 3], dtype)],
          [TensorType([5, 12], dtype), TensorType([12, 3], dtype)],
          [TensorType([5, 2, 12], .int32), TensorType([12, 3], .int32)],
          [TensorType([5, 2, 12], dtype)],
        ], by: sample(plain, 5, 2)
      ).differentiable(times: 1),
      OpRow(
        "RecurrentGradient",
        configurations.flatMap { configuration, steps, batch in
          let states: [RecurrentTensor] = configuration.cell.isLSTM ? [.lastH, .lastC] : [.lastH]
          return [[.y], states, [.y] + states].map { gradient(configuration, $0, steps, batch) }
        },
        refuses: [[TensorType([5, 2, 3], dtype), TensorType([12, 3], dtype)]],
        by: gradient(plain, [.y], 5, 2)
      ).withoutGradient,
      OpRow(
        "PackRecurrent",
        configurations.flatMap { configuration, steps, batch in
          let weights: [RecurrentTensor] =
            configuration.isProjected ? [.hiddenWeight, .projection] : [.hiddenWeight]
          return weights.map { panels(configuration, $0, steps, batch) }
        }, refuses: []
      ).withoutGradient,
    ]
  }

  /// Every cell with every option, with numbers of steps and batch sizes.
  private static var configurations:
    [(configuration: RecurrentConfiguration, steps: Int, batch: Int)]
  {
    func configuration(
      _ cell: RecurrentCell, _ hidden: Int, outputs: Int? = nil, inputs: Int = 0,
      reversed: Bool = false, initial: Bool = false, lengths: Bool = false
    ) -> RecurrentConfiguration {
      RecurrentConfiguration(
        cell: cell, isReversed: reversed, inputs: inputs, hasBias: inputs > 1, hidden: hidden,
        outputs: outputs ?? hidden,
        isProjected: outputs != nil, hasHiddenBias: cell == .gru && initial,
        hasInitialState: initial, hasLengths: lengths)
    }
    let small = RecurrentCell.allCases.flatMap { cell in
      [
        (configuration(cell, 3), 5, 2), (configuration(cell, 1), 1, 1),
        (configuration(cell, 17, reversed: true, initial: true), 3, 1),
        (configuration(cell, 3, initial: true, lengths: true), 4, 9),
        (configuration(cell, 3, reversed: true, initial: true, lengths: true), 4, 3),
      ]
    }
    // With inputs: one chunk, several, sequences of different lengths.
    let joint = [RecurrentCell.relu, .tanh, .lstm, .gru].flatMap { cell in
      [
        (configuration(cell, 3, inputs: 2), 5, 2), (configuration(cell, 1, inputs: 1), 1, 1),
        (configuration(cell, 17, inputs: 3, initial: true), 3, 41),
        (configuration(cell, 3, inputs: 4, reversed: true, initial: true, lengths: true), 4, 9),
        (configuration(cell, 2, inputs: 5, reversed: true, lengths: true), 3, 4),
        (configuration(cell, 5, inputs: 1, initial: true, lengths: true), 4, 3),
      ]
    }
    return small + joint + [
      (configuration(.lstm, 5, outputs: 3), 4, 3), (configuration(.lstm, 5, outputs: 1), 2, 1),
      (
        configuration(.lstm, 5, outputs: 2, reversed: true, initial: true, lengths: true), 4, 3
      ),
      (configuration(.gru, 4), 3, 0),
      // Several chunks of examples; several blocks of units, one step at a time.
      (configuration(.gru, 64), 9, 70), (configuration(.lstm, 64, outputs: 40), 9, 41),
      (configuration(.lstm, 280, initial: true, lengths: true), 3, 5),
      (configuration(.gru, 320, reversed: true), 2, 3),
    ]
  }

  private static func inputs(
    _ configuration: RecurrentConfiguration, _ tensors: [RecurrentTensor], _ steps: Int,
    _ batch: Int, _ dtype: DType
  ) -> [OpSample.Input] {
    // Weights so small that the activation functions do not saturate.
    let size = 1 / Double(max(1, configuration.hidden)).squareRoot()
    return tensors.map { tensor in
      let type = configuration.type(of: tensor, steps: steps, batch: batch, dtype: dtype)
      return switch tensor {
      case .lengths: .init(type.shape, type.dtype, contents: .integers(below: steps + 1))
      case .hiddenWeight, .projection, .inputWeight: .init(type.shape, type.dtype, -size...size)
      case .gates, .cells, .extra: .init(type.shape, type.dtype, 0.1...0.9)
      default: .init(type.shape, type.dtype)
      }
    }
  }
}
