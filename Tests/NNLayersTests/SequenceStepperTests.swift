import NNCore
import NNGraph
import NNLayers
import NNTestSupport
import Testing

/// Compares blocks of tokens with the same tokens one by one.
@Suite struct SequenceStepperTests {
  private static let networks: [(name: String, model: Model)] = [
    (
      "transformer",
      Model {
        Embedding(8)
        LearntPositions(60)
        TransformerEncoder(
          2, TransformerOptions(numHeads: 2, dimFeedforward: 16, dropout: 0, isCausal: true))
        Dense(nil)
      }
    ),
    (
      "gru",
      Model {
        Embedding(8)
        GRU(12)
        Dense(nil)
      }
    ),
  ]

  private func stepper(_ model: Model) throws -> SequenceStepper {
    let signature = InputSignature(
      Ports(TensorType([60], .int32)), vocabulary: VocabularySizes(input: 11),
      dtype: .float64)
    let layout = try model.layout(signature)
    let variables = VariableStore()
    for (name, tensor) in try layout.initialVariables(seed: 3) { variables[name] = tensor }
    return try SequenceStepper(
      model, layout: layout, signature: signature, variables: variables, rows: 1)
  }

  @Test(arguments: networks.indices)
  func blocksMatchSingleTokens(index: Int) throws {
    let model = Self.networks[index].model
    let (blocks, single) = (try stepper(model), try stepper(model))
    // Lengths around those of blocks; the second part follows the first.
    for (first, second) in [(1, 3), (4, 5), (31, 2), (32, 8), (41, 19)] {
      let tokens = (0..<first + second).map { Int32($0 * $0 % 11) }
      blocks.reset()
      single.reset()
      for part in [tokens[..<first], tokens[first...]] {
        blocks.read(sequence: part)
        for token in part { single.read([token]) }
        #expect(blocks.position == single.position)
        expectClose(
          HostTensor(blocks.scores), HostTensor(single.scores), nil,
          "\(Self.networks[index].name), \(first) and \(second) tokens")
      }
    }
  }
}
